import { createHash } from 'node:crypto';
import { parseUnits } from '../../shared/money/units.ts';
import { addressOf, ownerOf } from '../../shared/money/wallets.ts';
import type { Tx } from '../db/database.ts';
import type { Handlers, RequestContext } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import { readAgent } from '../identity/agents/store.ts';
import type { Commit } from '../identity/mutation.ts';
import { move } from './moves.ts';
import { requireSpender, type Spender, toTransfer } from './rules.ts';
import { claimRequest, findRequested, readTransfer } from './store.ts';

/** Who spends here: the gate lets nobody else through, and a route that forgot to say so fails closed. */
function spenderOf({ principal, agent }: RequestContext): Spender {
  if (principal.type === 'account') return { type: 'account', id: principal.id, agent };
  if (principal.type === 'agent') return { type: 'agent', id: principal.id, ownerId: principal.ownerId };
  throw new HttpError('unauthorized', 'another credential is needed');
}

/**
 * The wallet that pays: the one that is named if it is the caller's, else the agent's that is acted as, else the account's.
 * @throws HttpError `forbidden` for anybody else's, whether or not it exists
 */
async function sourceOf(tx: Tx, spender: Spender, named: string | undefined): Promise<string> {
  const acting = spender.type === 'account' && spender.agent !== null ? spender.agent : null;
  const own = acting === null ? addressOf(spender) : addressOf({ type: 'agent', id: acting });
  if (named === undefined || named === own) return requireSpender(spender, own, null);
  const owner = ownerOf(named);
  const agent = owner?.type === 'agent' ? await readAgent(tx, owner.id) : undefined;
  return requireSpender(spender, named, agent?.owner_id ?? null);
}

/**
 * What the same request made before, and null for a first one. Kept with the transfer itself, so it is found as long as the
 * transfer is.
 * @throws HttpError `conflict` while it is in flight, `idempotency_mismatch` for another request
 */
async function formerOf(tx: Tx, request: { scope: string; key: string; hash: Buffer }) {
  if (!(await claimRequest(tx, request)))
    throw new HttpError(
      'conflict',
      'a request with this Idempotency-Key is in flight; send it again shortly',
    );
  const former = await findRequested(tx, request);
  if (former && !request.hash.equals(former.request_hash))
    throw new HttpError('idempotency_mismatch', 'this Idempotency-Key belongs to another request');
  return former ?? null;
}

/** The gate has refused what has none. */
function keyOf({ idempotencyKey }: RequestContext): string {
  if (idempotencyKey === null)
    throw new HttpError('idempotency_key_required', 'a transfer takes an Idempotency-Key');
  return idempotencyKey;
}

const entered = async (tx: Tx, id: string) => {
  const row = await readTransfer(tx, id);
  return { status: 201, body: { transfer: toTransfer(row), eventId: row.entry_id ?? '' } } as const;
};

/** `POST /api/v1/transfers` (SPEC 4). */
export const createTransfer =
  ({ commit }: { readonly commit: Commit }): Handlers['transfers.create'] =>
  ({ body }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const spender = spenderOf(ctx);
      const from = await sourceOf(tx, spender, body.from);
      const hash = createHash('sha256').update(`${ctx.requestHash} ${from}`).digest();
      const request = { scope: `${spender.type} ${spender.id}`, key: keyOf(ctx), hash };
      const former = await formerOf(tx, request);
      if (former) return entered(tx, former.id);
      const memo = body.memo ?? null;
      const to = body.toAddress ?? addressOf({ type: 'agent', id: body.toAgentId ?? '' });
      const { transferId } = await move(tx, {
        ...{ kind: 'transfer', from, to, units: parseUnits(body.amount), memo, request },
        tell: (movement) => stage('transfer.posted', { ...movement, memo }),
      });
      return entered(tx, transferId);
    });

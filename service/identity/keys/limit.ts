import type { Tx } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Done, Mutate } from '../mutation.ts';
import { criticalExecutor, type Executor } from '../proposals/executor.ts';
import { type KeyRow, toApiKey } from './rules.ts';
import { lockKey, setLimit } from './store.ts';

interface Change {
  readonly params: { readonly id: string };
  readonly body: { readonly requestsPerMinute: number };
}

async function lockActive(tx: Tx, id: string): Promise<KeyRow> {
  const row = await lockKey(tx, id);
  if (!row) throw new HttpError('not_found', `there is no key ${id}`);
  if (row.revoked_at !== null) throw new HttpError('conflict', `${id} is revoked`);
  return row;
}

async function requireRaise(tx: Tx, { params: { id }, body }: Change): Promise<KeyRow> {
  const row = await lockActive(tx, id);
  if (body.requestsPerMinute <= row.requests_per_minute)
    throw new HttpError(
      'conflict',
      `the limit is ${row.requests_per_minute} already; lowering it is limits.lower`,
    );
  return row;
}

/** Raising a limit, once two persons want it. */
export const raiseExecutor = (): Executor =>
  criticalExecutor('limits.raise', {
    check: async (tx, input) => {
      await requireRaise(tx, input);
    },
    execute: async (tx, input, { stage, proposalId }) => {
      const { id, display_prefix: displayPrefix, requests_per_minute: from } = await requireRaise(tx, input);
      const to = input.body.requestsPerMinute;
      await setLimit(tx, id, to);
      await stage('key.limit-raised', { keyId: id, displayPrefix, from, to, proposalId });
      return id;
    },
  });

/** Lowering a limit is containment: one signature, at once. */
export const lowerLimit =
  (mutate: Mutate): Handlers['limits.lower'] =>
  ({ params: { id }, body: { requestsPerMinute: to } }, ctx) =>
    mutate('limits.lower', ctx, async (tx, stage): Promise<Done<'limits.lower'>> => {
      const { requests_per_minute: from, display_prefix: displayPrefix } = await lockActive(tx, id);
      if (to >= from)
        throw new HttpError(
          'conflict',
          `the limit is ${from}; raising it is limits.raise and takes two persons`,
        );
      const row = await setLimit(tx, id, to);
      const eventId = await stage('key.limit-lowered', { keyId: id, displayPrefix, from, to });
      return { subject: id, answer: { status: 200, body: { key: toApiKey(row, ctx.now()), eventId } } };
    });

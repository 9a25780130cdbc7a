import type { MintToken } from '../../../shared/http/mint-tokens.ts';
import type { RouteId } from '../../../shared/http/table.ts';
import type { Database, Tx } from '../../db/database.ts';
import { isRefusedBy } from '../../db/database-error.ts';
import type { Answer, Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Mutate, Stage } from '../../identity/mutation.ts';
import { requireNamed } from '../../identity/named.ts';
import { countReissue, readMembersJob } from '../jobs/store.ts';
import { accountOf, countersignedBy, MAY_MINT, requireMember, requireRole } from '../member.ts';
import { reissuedSerial } from '../serials.ts';
import { insertTokens } from './insert.store.ts';
import { leafOfToken } from './leaf.ts';
import { type MakeDeps, makeTokens } from './make.ts';
import {
  countTokens,
  listTokens,
  lockMembersToken,
  readToken,
  type TokenRow,
  writeActivated,
  writeReplaced,
  writeVoided,
} from './store.ts';

export interface TokenDeps extends MakeDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
}

type TokenHandlers = Pick<Handlers, `mint.${'tokens' | 'counts' | 'void' | 'reissue' | 'activate'}`>;

const toToken = (row: TokenRow): MintToken => ({
  id: row.id,
  jobId: row.job_id,
  position: row.position,
  serial: row.serial,
  codeHash: row.code_hash.toString('hex'),
  activation: row.activation,
  state: row.state,
  activatedAt: row.activated_at?.toISOString() ?? null,
  voidedAt: row.voided_at?.toISOString() ?? null,
  replacedBy: row.replaced_by,
});

interface TokenInput {
  readonly params: { readonly token: string };
  readonly body: { readonly serial: string };
}

/** A member who may mint acts on one token, while nobody else does. */
function actOn<Id extends RouteId>(
  { mutate }: TokenDeps,
  route: Id,
  { params, body }: TokenInput,
  ctx: RequestContext,
  act: (tx: Tx, stage: Stage, token: TokenRow) => Promise<Answer<Id>>,
) {
  return mutate(route, ctx, async (tx, stage) => {
    const token = requireMember(await lockMembersToken(tx, params.token, accountOf(ctx)), 'token');
    requireRole(token, MAY_MINT);
    requireNamed(token.id, { serial: body.serial }, { serial: token.serial });
    return { answer: await act(tx, stage, token), subject: token.id };
  });
}

const about = ({ id, brand_id, job_id, serial }: TokenRow, ctx: RequestContext) => ({
  ...{ brandId: brand_id, jobId: job_id, tokenId: id, serial },
  countersignedBy: countersignedBy(ctx),
});

const voidToken =
  (deps: TokenDeps): TokenHandlers['mint.void'] =>
  (input, ctx) =>
    actOn(deps, 'mint.void', input, ctx, async (tx, stage, token) => {
      if (token.state === 'voided') throw new HttpError('conflict', 'this token is void already');
      const voided = await writeVoided(tx, token.id, ctx.now());
      const eventId = await stage('mint.token-voided', { ...about(token, ctx), reason: input.body.reason });
      return { status: 200 as const, body: { token: toToken(voided), eventId } };
    });

const activate =
  (deps: TokenDeps): TokenHandlers['mint.activate'] =>
  (input, ctx) =>
    actOn(deps, 'mint.activate', input, ctx, async (tx, stage, token) => {
      if (token.activation !== 'manual')
        throw new HttpError('conflict', 'tokens of this batch are not activated by hand');
      if (token.state !== 'issued') throw new HttpError('conflict', `this token is ${token.state} already`);
      const active = await writeActivated(tx, token.id, ctx.now());
      const eventId = await stage('mint.token-activated', about(token, ctx));
      return { status: 200 as const, body: { token: toToken(active), eventId } };
    });

async function replace(
  deps: TokenDeps,
  tx: Tx,
  former: TokenRow,
  quantity: number,
  at: Date,
): Promise<TokenRow> {
  const position = quantity + (await countReissue(tx, former.job_id));
  const made = makeTokens(
    deps,
    {
      ...{ jobId: former.job_id, brandId: former.brand_id, activation: former.activation },
      places: [{ position, serial: reissuedSerial(former.serial) }],
    },
    at,
  );
  await insertTokens(tx, made).catch((cause: unknown) => {
    if (!isRefusedBy(cause, 'mint_tokens_no_duplicate_serial')) throw cause;
    throw new HttpError('conflict', 'another batch of the brand has the serial that this one would get', {
      cause,
    });
  });
  return readToken(tx, made.ids[0] ?? '');
}

const reissue =
  (deps: TokenDeps): TokenHandlers['mint.reissue'] =>
  (input, ctx) =>
    actOn(deps, 'mint.reissue', input, ctx, async (tx, stage, former) => {
      if (former.state !== 'voided') throw new HttpError('conflict', 'void this token first');
      if (former.replaced_by !== null) throw new HttpError('conflict', 'this token was re-issued already');
      const job = requireMember(await readMembersJob(tx, former.job_id, accountOf(ctx)), 'job');
      const token = await replace(deps, tx, former, job.quantity, ctx.now());
      const replaced = await writeReplaced(tx, former.id, token.id);
      const eventId = await stage('mint.token-reissued', {
        ...{ ...about(token, ctx), replaces: former.id, leaf: leafOfToken(token) },
      });
      return { status: 201 as const, body: { token: toToken(token), replaced: toToken(replaced), eventId } };
    });

export const tokenHandlers = (deps: TokenDeps): TokenHandlers => ({
  'mint.tokens': async ({ params, query: { limit, cursor, state } }, ctx) => {
    if (cursor !== undefined && !/^\d{1,9}$/.test(cursor))
      throw new HttpError('bad_request', 'this cursor is none of ours');
    const { kysely } = deps.db;
    const job = requireMember(await readMembersJob(kysely, params.job, accountOf(ctx)), 'job');
    const rows = await listTokens(kysely, job.id, { after: Number(cursor ?? 0), limit: limit + 1, state });
    const page = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? String(page.at(-1)?.position) : null;
    return { status: 200 as const, body: { tokens: page.map(toToken), nextCursor } };
  },
  'mint.counts': async ({ params }, ctx) => {
    const { kysely } = deps.db;
    const job = requireMember(await readMembersJob(kysely, params.job, accountOf(ctx)), 'job');
    return { status: 200 as const, body: { counts: await countTokens(kysely, job.id) } };
  },
  'mint.void': voidToken(deps),
  'mint.reissue': reissue(deps),
  'mint.activate': activate(deps),
});

import { formatUnits } from '../../../shared/money/units.ts';
import type { WalletOwner } from '../../../shared/money/wallets.ts';
import type { Handlers, RelayHandler, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { balanceOf } from '../../treasury/holds.ts';
import { anthropic } from './anthropic.ts';
import type { GenerateDeps } from './begin.ts';
import { generate } from './generate.ts';
import { openai } from './openai.ts';
import { toGeneration, toTraced, velocityOf } from './rules.ts';
import { listGenerations, readGeneration, readSpender, readSpenders, readSpending } from './store.ts';

type GenerationHandlers = Pick<
  Handlers,
  | 'tokenhall.chat'
  | 'tokenhall.messages'
  | 'tokenhall.v1-messages'
  | 'tokenhall.credits'
  | 'tokenhall.key'
  | 'tokenhall.generation'
  | 'generations.list'
  | 'spend.velocity'
  | 'providers.health'
>;

const KEYS_SHOWN = 200;
const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

const keyOf = ({ principal }: RequestContext) => {
  if (principal.type !== 'key') throw new HttpError('unauthorized', 'this takes an inference key');
  return principal;
};

const messages =
  (deps: GenerateDeps): RelayHandler<'tokenhall.messages'> =>
  ({ body }, ctx, io) =>
    deps.unfinished.track(generate(deps, anthropic, body, ctx, io));

const credits =
  (deps: GenerateDeps): GenerationHandlers['tokenhall.credits'] =>
  async (_input, ctx) => {
    const { accountId, agentId } = keyOf(ctx);
    if (accountId === null)
      throw new HttpError('not_found', 'this key was made for nobody and has no wallet');
    const owner: WalletOwner =
      agentId === null ? { type: 'account', id: accountId } : { type: 'agent', id: agentId };
    const { posted, held, available } = await balanceOf(deps.db.kysely, owner);
    const shown = { posted: formatUnits(posted), held: formatUnits(held), available: formatUnits(available) };
    return { status: 200, body: { credits: shown } };
  };

const ownKey =
  (deps: GenerateDeps): GenerationHandlers['tokenhall.key'] =>
  async (_input, ctx) => {
    const row = await readSpender(deps.db.kysely, keyOf(ctx).id);
    if (!row) throw new HttpError('unauthorized', 'this key is gone');
    const key = {
      id: row.id,
      label: row.label,
      displayPrefix: row.display_prefix,
      agentId: row.agent_id,
      requestsPerMinute: row.requests_per_minute,
      createdAt: row.created_at.toISOString(),
      expiresAt: row.expires_at?.toISOString() ?? null,
      spendLimit: row.spend_limit === null ? null : formatUnits(BigInt(row.spend_limit)),
      spent: formatUnits(BigInt(row.spent_units ?? 0)),
      held: formatUnits(BigInt(row.held_units ?? 0)),
    };
    return { status: 200, body: { key } };
  };

const ownGeneration =
  (deps: GenerateDeps): GenerationHandlers['tokenhall.generation'] =>
  async ({ params: { id } }, ctx) => {
    const row = await readGeneration(deps.db.kysely, id, keyOf(ctx).id);
    if (!row) throw new HttpError('not_found', `this key made no generation ${id}`);
    return { status: 200, body: { generation: toGeneration(row) } };
  };

const list =
  (deps: GenerateDeps): GenerationHandlers['generations.list'] =>
  async ({ query: { keyId, limit, cursor } }) => {
    // One more than asked for tells whether another page follows.
    const rows = await listGenerations(deps.db.kysely, { keyId, before: cursor, limit: limit + 1 });
    const generations = rows.slice(0, limit).map(toTraced);
    const nextCursor = rows.length > limit ? (generations.at(-1)?.id ?? null) : null;
    return { status: 200, body: { generations, nextCursor } };
  };

const velocity =
  (deps: GenerateDeps): GenerationHandlers['spend.velocity'] =>
  async () => {
    const { kysely } = deps.db;
    const now = deps.now();
    const spenders = await readSpenders(kysely, KEYS_SHOWN);
    const ids = spenders.map((key) => key.key_id);
    const since = (ms: number) => new Date(now.getTime() - ms);
    const [byMinute, byHour] =
      ids.length === 0
        ? [[], []]
        : await Promise.all([
            readSpending(kysely, ids, since(HOUR_MS), 60),
            readSpending(kysely, ids, since(DAY_HOURS * HOUR_MS), 3600),
          ]);
    const keys = velocityOf(spenders, byMinute, byHour, now);
    return { status: 200, body: { at: now.toISOString(), keys } };
  };

export const generationHandlers = (deps: GenerateDeps): GenerationHandlers => ({
  'tokenhall.chat': ({ body }, ctx, io) => deps.unfinished.track(generate(deps, openai, body, ctx, io)),
  'tokenhall.messages': messages(deps),
  'tokenhall.v1-messages': messages(deps),
  'tokenhall.credits': credits(deps),
  'tokenhall.key': ownKey(deps),
  'tokenhall.generation': ownGeneration(deps),
  'generations.list': list(deps),
  'spend.velocity': velocity(deps),
  'providers.health': async () => ({
    status: 200,
    body: { providers: deps.records.view(deps.baseUrls) },
  }),
});

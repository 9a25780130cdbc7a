import type { FastifyBaseLogger } from 'fastify';
import { makeId } from '../../../shared/ids/ids.ts';
import type { WalletOwner } from '../../../shared/money/wallets.ts';
import type { ProviderName, TokenhallSettings } from '../../../shared/service/tokenhall-settings.ts';
import type { Database } from '../../db/database.ts';
import type { RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Commit } from '../../identity/mutation.ts';
import { costOf, type Price, priceOf } from '../pricing/rules.ts';
import { readPrice } from '../pricing/store.ts';
import { route } from '../routing/rules.ts';
import type { ProviderSecrets, ResolvedSecret } from '../secrets/resolve.ts';
import type { CallDeps } from './call.ts';
import type { Bound, Dialect, GenerationBody } from './dialect.ts';
import type { HeldGeneration, Holds } from './holding.ts';
import { boundOf } from './measure.ts';
import type { Unfinished } from './persist.ts';
import type { Settlements } from './settlements.ts';
import { Trace } from './trace.ts';

export interface GenerateDeps extends CallDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly commit: Commit;
  readonly secrets: ProviderSecrets;
  readonly settings: Pick<TokenhallSettings, 'totalMs' | 'answerBytes'>;
  readonly holds: Holds;
  readonly settlements: Settlements;
  readonly unfinished: Unfinished;
  readonly log: Pick<FastifyBaseLogger, 'error' | 'warn'>;
  now(): Date;
  random(bytes: number): Uint8Array;
}

/** A generation whose money is held: from here on it ends in a settlement or a release. */
export interface Begun {
  readonly generation: HeldGeneration;
  readonly provider: ProviderName;
  readonly dialect: Dialect;
  readonly body: GenerationBody;
  readonly price: Price;
  readonly bound: Bound;
  readonly secret: ResolvedSecret;
  readonly trace: Trace;
}

/** The hold outlives the call by this much, so that a settlement that has to wait for the database still finds it. */
const HOLD_MARGIN_MS = 120_000;

interface Spender {
  readonly keyId: string;
  readonly accountId: string;
  readonly agentId: string | null;
  readonly payer: WalletOwner;
}

function spenderOf({ principal }: RequestContext): Spender {
  if (principal.type !== 'key') throw new HttpError('unauthorized', 'a generation takes an inference key');
  const { id: keyId, accountId, agentId } = principal;
  if (accountId === null)
    throw new HttpError(
      'insufficient_funds',
      'this key was made for nobody, so there is no wallet to spend from; use a key of an account or an agent',
    );
  const payer: WalletOwner =
    agentId === null ? { type: 'account', id: accountId } : { type: 'agent', id: agentId };
  return { keyId, accountId, agentId, payer };
}

async function requirePrice(deps: GenerateDeps, model: string): Promise<Price> {
  const row = await readPrice(deps.db.kysely, model, deps.now());
  if (row) return priceOf(row);
  throw new HttpError('model_unpriced', `${model.slice(0, 128)} has no price here, so it is not served`);
}

function requireMediaPrice({ images }: Bound, { mediaTokens }: Price): void {
  if (images > 0 && mediaTokens === null)
    throw new HttpError('bad_request', 'this model takes no images here');
}

/**
 * Everything before the first byte to a provider: who pays, where it goes, what it can cost at most, with whose key; then the
 * hold. Whatever is missing, the provider stays untouched.
 * @throws HttpError, TokenhallError, TreasuryError, UpstreamError `breaker-open`
 */
export async function begin(
  deps: GenerateDeps,
  dialect: Dialect,
  body: GenerationBody,
  ctx: RequestContext,
): Promise<Begun> {
  const trace = new Trace(() => deps.monotonic());
  const { keyId, accountId, agentId, payer } = spenderOf(ctx);
  const { provider } = route(body.model, dialect.style);
  trace.note('routed', provider);
  const bound = dialect.bound(body);
  const [price, secret] = await Promise.all([
    requirePrice(deps, body.model),
    deps.secrets.resolve(deps.db.kysely, { provider, agentId, accountId, alwaysMine: false }),
  ]);
  requireMediaPrice(bound, price);
  trace.note('secret', secret.scope);
  deps.records.of(provider).breaker.check();
  const startedAt = deps.now();
  const generation = await deps.holds.hold({
    ...{ ctx, payer },
    generation: {
      ...{ id: makeId('generation', deps.random(10), startedAt.getTime()), keyId, accountId, agentId },
      ...{ model: body.model, provider, streamed: body.stream === true, requestId: ctx.requestId },
      ...{ held: costOf(price, boundOf(bound, price)), startedAt },
      expiresAt: new Date(startedAt.getTime() + deps.settings.totalMs + HOLD_MARGIN_MS),
    },
  });
  trace.note('held', 'wallet');
  return { generation, provider, dialect, body, price, bound, secret, trace };
}

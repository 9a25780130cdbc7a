import type { RelayedAnswer, RelayIo, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { namedFailure } from '../upstream/client.ts';
import { classifyUpstream, UpstreamError } from '../upstream/upstream-error.ts';
import { type Begun, begin, type GenerateDeps } from './begin.ts';
import { callProvider, isFault, type OpenCall } from './call.ts';
import type { Dialect, GenerationBody, VoidReason } from './dialect.ts';
import { billOf } from './measure.ts';
import { persist } from './persist.ts';
import { readWhole } from './relay-json.ts';
import { CallerStream, relayStream } from './relay-stream.ts';
import { release } from './release.ts';
import type { Settlement } from './settlements.ts';

/** One generation on its way, with what ends its call. */
interface Run {
  readonly deps: GenerateDeps;
  readonly ctx: RequestContext;
  readonly begun: Begun;
  readonly controller: AbortController;
}

const headersOf = ({ generation }: Begun) => ({ 'x-generation-id': generation.id });

type Ending = Pick<Settlement, 'outcome' | 'bill'>;

/** Money that is neither paid nor released is told aloud; when its hold expires, the ledger and an alert say so too. */
function untilDone({ deps, begun }: Run, doing: 'settled' | 'released', work: () => Promise<void>) {
  const { id: generation, holdId: hold, expiresAt } = begun.generation;
  const lost = (err: unknown): void =>
    deps.log.error(
      { err, generation, hold, expiresAt },
      `a generation was not ${doing}; its hold will expire`,
    );
  const { now, sleep } = deps;
  return persist({ now, sleep, lost }, deps.unfinished, work, expiresAt);
}

const pay = (run: Run, ending: Ending): Promise<void> => {
  const { deps, ctx, begun } = run;
  const { generation, trace } = begun;
  trace.note('settling', ending.outcome);
  return untilDone(run, 'settled', () => deps.settlements.settle({ ctx, generation, trace, ...ending }));
};

/**
 * The provider failed: its hold is released before the caller hears of it. A release that fails does not change what the caller
 * hears, which is why the provider failed: it is tried again, and where that is over the hold expires.
 */
async function giveUp(run: Run, error: unknown): Promise<void> {
  const { deps, ctx, begun } = run;
  const { generation, trace } = begun;
  const reason: VoidReason = error instanceof UpstreamError ? error.code : 'internal';
  trace.note('releasing', reason);
  await untilDone(run, 'released', () => release(deps.commit, ctx, generation, reason, trace)).catch(
    (failure: unknown) =>
      deps.log.warn({ err: failure, generation: generation.id }, 'a hold could not be released yet'),
  );
}

function call({ deps, begun, controller }: Run): Promise<OpenCall> {
  const { generation, provider, dialect, body, secret, trace } = begun;
  return callProvider(deps, {
    ...{ provider, dialect, secret, trace },
    ...{ body: dialect.outgoing(body), streamed: generation.streamed, signal: controller.signal },
  });
}

/** Tells the provider's record how an answer ended that had begun well. */
async function reading<T>({ deps, begun }: Run, { pass }: OpenCall, work: () => Promise<T>): Promise<T> {
  const { provider } = begun;
  try {
    const done = await work();
    pass.succeeded();
    deps.records.of(provider).calls.succeeded += 1;
    return done;
  } catch (error) {
    if (error instanceof UpstreamError && isFault(error)) {
      deps.records.noteFailure(provider, error.code);
      pass.failed();
    } else pass.released();
    throw error;
  }
}

/** Whoever hangs up while a whole answer is made has asked for all of it: it is read to its end and billed. */
async function answerWhole(run: Run): Promise<RelayedAnswer> {
  const { deps, begun, controller } = run;
  const { bytes, read } = await (async () => {
    const open = await call(run);
    return reading(run, open, () =>
      readWhole(begun, open, deps.settings.answerBytes).catch((error: unknown) => {
        throw namedFailure(error, controller.signal.aborted);
      }),
    );
  })().catch(async (error: unknown) => {
    await giveUp(run, error);
    throw error;
  });
  await pay(run, { outcome: 'completed', bill: billOf(begun.price, begun.bound, read, true) });
  return { status: 200, headers: headersOf(begun), json: bytes };
}

async function answerStream(run: Run, io: RelayIo): Promise<undefined> {
  const { begun, controller, ctx } = run;
  const { dialect, price, bound } = begun;
  const out = new CallerStream(io, headersOf(begun));
  const fail = async (error: unknown): Promise<undefined> => {
    if (!out.opened) throw error;
    const {
      status,
      code: type,
      message,
    } = classifyUpstream(error) ?? new HttpError('internal', 'the stream cannot go on');
    await out.write(dialect.errorEvent({ code: status, type, message, requestId: ctx.requestId }));
  };
  try {
    const open = await call(run);
    const work = () => relayStream(begun, open, io.closed, out, controller);
    const { outcome, reader } = await reading(run, open, work);
    const bill = billOf(price, bound, reader, outcome === 'completed');
    // Settled first: the last event says that it is over, and it is over when it is paid.
    await pay(run, { outcome, bill }).catch((error: unknown) => {
      throw new Unpaid(error);
    });
    if (outcome !== 'hung-up') await out.write(outcome === 'completed' ? dialect.lastEvent : reader.cut());
    return undefined;
  } catch (error) {
    if (error instanceof Unpaid) return fail(error.cause);
    await giveUp(run, error);
    return fail(error);
  }
}

/** A settlement that is not done yet: what was delivered is still to be paid, so nothing is released. */
class Unpaid extends Error {
  constructor(cause: unknown) {
    super('the settlement is not done yet', { cause });
  }
}

/**
 * A generation as one protocol: hold, call, relay, settle. Nothing of what is said is kept: it goes through, is counted and is
 * gone.
 */
export async function generate(
  deps: GenerateDeps,
  dialect: Dialect,
  body: GenerationBody,
  ctx: RequestContext,
  io: RelayIo,
): Promise<RelayedAnswer | undefined> {
  const begun = await begin(deps, dialect, body, ctx);
  const controller = new AbortController();
  const tooLong = setTimeout(() => controller.abort(), deps.settings.totalMs);
  const run = { deps, ctx, begun, controller };
  try {
    return begun.generation.streamed ? await answerStream(run, io) : await answerWhole(run);
  } finally {
    clearTimeout(tooLong);
  }
}

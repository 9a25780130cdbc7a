import type { ProviderName } from '../../../shared/service/tokenhall-settings.ts';
import type { ResolvedSecret } from '../secrets/resolve.ts';
import type { Pass } from '../upstream/breaker.ts';
import { namedFailure, type UpstreamAnswer, type UpstreamClient } from '../upstream/client.ts';
import type { ProviderRecords } from '../upstream/health.ts';
import { judgeAnswer } from '../upstream/judge.ts';
import { retryAfter } from '../upstream/retry.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';
import type { Dialect } from './dialect.ts';
import type { Trace } from './trace.ts';

export interface CallDeps {
  readonly client: UpstreamClient;
  readonly records: ProviderRecords;
  readonly baseUrls: Readonly<Record<ProviderName, URL>>;
  monotonic(): number;
  sleep(ms: number): Promise<void>;
  /** Between 0 and 1. */
  spread(): number;
}

export interface OutgoingCall {
  readonly provider: ProviderName;
  readonly dialect: Dialect;
  readonly body: string;
  readonly streamed: boolean;
  readonly secret: ResolvedSecret;
  readonly signal: AbortSignal;
  readonly trace: Trace;
}

/** A 200 whose body is unread, and the pass to tell how it ended. */
export interface OpenCall {
  readonly answer: UpstreamAnswer;
  readonly pass: Pass;
}

const urlOf = (base: URL, path: string): string => `${base.href.replace(/\/$/, '')}${path}`;

/** One attempt. The provider's key exists in `use` only. */
async function attempt(deps: CallDeps, call: OutgoingCall): Promise<UpstreamAnswer | UpstreamError> {
  const { provider, dialect, body, streamed, secret, signal } = call;
  const url = urlOf(deps.baseUrls[provider], dialect.path);
  return secret.use(async (material) => {
    const headers = {
      'content-type': 'application/json',
      accept: streamed ? 'text/event-stream' : 'application/json',
      ...dialect.headers(material),
    };
    try {
      const answer = await deps.client.send({ url, headers, body, signal });
      return (await judgeAnswer(answer, material)) ?? answer;
    } catch (error) {
      return namedFailure(error, signal.aborted);
    }
  });
}

/** What is the provider's own fault; a request that it refuses, or an address that we refuse, says nothing about it. */
export const isFault = ({ code }: UpstreamError): boolean =>
  code !== 'refused' && code !== 'busy' && code !== 'address-refused';

function tellFailure(
  deps: CallDeps,
  { provider, trace }: OutgoingCall,
  pass: Pass,
  error: UpstreamError,
): void {
  trace.note('attempt-failed', error.code);
  const record = deps.records.of(provider);
  if (error.code === 'refused') {
    record.calls.refused += 1;
    pass.succeeded();
    return;
  }
  deps.records.noteFailure(provider, error.code);
  if (isFault(error)) pass.failed();
  else pass.released();
}

/**
 * Calls the provider, again where that is safe: before it has begun to answer, and only when it has not begun to work.
 * @throws UpstreamError
 */
export async function callProvider(deps: CallDeps, call: OutgoingCall): Promise<OpenCall> {
  const record = deps.records.of(call.provider);
  for (let made = 1; ; made += 1) {
    const pass = record.breaker.enter();
    const begun = deps.monotonic();
    call.trace.note('attempt', String(made));
    const outcome = await attempt(deps, call).catch((error: unknown) => {
      pass.released();
      throw error;
    });
    if (!(outcome instanceof UpstreamError)) {
      record.noteFirstByte(deps.monotonic() - begun);
      call.trace.note('answered', '200');
      pass.answered();
      return { answer: outcome, pass };
    }
    tellFailure(deps, call, pass, outcome);
    const wait = retryAfter(outcome, made, deps.spread());
    if (wait === null || call.signal.aborted) throw outcome;
    record.calls.retried += 1;
    await deps.sleep(wait);
  }
}

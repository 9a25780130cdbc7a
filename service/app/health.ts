import type { LedgerFacts } from '../boundaries/rules.ts';
import { PENDING_FAILING_MS } from '../boundaries/rules.ts';
import type { Handlers } from '../gate/context.ts';

/** Probes come in bursts from several supervisors; one look at the database serves them all. */
const CACHED_MS = 250;

const SPENDING: Readonly<Record<string, string>> = {
  true: 'stopped by an operator',
  false: 'allowed',
};

type Readiness = Awaited<ReturnType<Handlers['health.ready']>>;

/**
 * @param readFacts rejects while the database is away
 * @param readFrozen whether an operator has stopped all spending: the service is ready all the same, and says so
 */
export function healthHandlers(
  readFacts: () => Promise<LedgerFacts>,
  readFrozen: () => Promise<boolean>,
  monotonic: () => number,
): Pick<Handlers, 'health.live' | 'health.ready'> {
  const look = async (): Promise<Readiness> => {
    const [facts, frozen] = await Promise.all([
      readFacts().catch(() => null),
      readFrozen().catch(() => null),
    ]);
    const lag = facts?.oldestPendingMs ?? 0;
    const checks = [
      { name: 'database', ok: facts !== null, detail: facts ? 'answers' : 'does not answer' },
      {
        name: 'integration',
        ok: facts !== null && lag <= PENDING_FAILING_MS,
        detail: facts ? `${facts.pending} entries pending, oldest ${Math.round(lag)} ms` : 'unknown',
      },
      { name: 'spending', ok: true, detail: SPENDING[String(frozen)] ?? 'unknown' },
    ];
    return checks.every((check) => check.ok)
      ? { status: 200, body: { status: 'ready', checks } }
      : { status: 503, body: { status: 'unavailable', checks }, headers: { 'retry-after': '1' } };
  };
  let latest: { readonly at: number; readonly answer: Promise<Readiness> } | null = null;
  return {
    'health.live': async () => ({ status: 200, body: { status: 'ok' } }),
    'health.ready': () => {
      const now = monotonic();
      if (!latest || now - latest.at > CACHED_MS) latest = { at: now, answer: look() };
      return latest.answer;
    },
  };
}

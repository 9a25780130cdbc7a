import type { BoundariesState } from '../../../shared/http/boundaries.ts';
import type { Incident } from '../../../shared/http/incidents.ts';
import type { LimitsState } from '../../../shared/http/limits.ts';
import type { SecretRootsState } from '../../../shared/http/provider-secrets.ts';
import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import { formatAge, formatCount, formatDuration } from '../../ui/format.ts';
import { toneOfUse } from '../../ui/meter.tsx';
import type { Tone } from '../../ui/state.tsx';

/** A state with the sentence that explains it. */
export interface Says {
  readonly tone: Tone;
  readonly word: string;
  readonly because: string;
}

/** What is not known is never called good. */
const unread = (error: string | undefined): Says =>
  error === undefined
    ? { tone: 'busy', word: 'asking', because: '' }
    : { tone: 'warn', word: 'not known', because: error };

const many = (count: number, what: string): string =>
  `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;

export function incidentsOf(incidents: readonly Incident[] | undefined, error: string | undefined): Says {
  if (!incidents) return unread(error);
  const [worst] = incidents;
  if (!worst) return { tone: 'ok', word: 'none open', because: 'No rule has noticed anything.' };
  const late = incidents.filter(({ clock }) => clock.overdue !== null).length;
  const isBad = late > 0 || incidents.some(({ severity, state }) => severity <= 2 && state === 'open');
  return {
    tone: isBad ? 'bad' : 'warn',
    word: many(incidents.length, 'incident') + (late > 0 ? `, ${formatCount(late)} late` : ''),
    because: worst.title,
  };
}

export function spendingOf(boundaries: Pick<BoundariesState, 'freeze'> | undefined): Says {
  if (!boundaries) return unread(undefined);
  const { freeze } = boundaries;
  if (freeze) return { tone: 'bad', word: 'stopped', because: freeze.reason };
  return { tone: 'ok', word: 'allowed', because: 'Nobody has stopped it.' };
}

export function limitsOf(state: LimitsState | undefined, error: string | undefined): Says {
  if (!state) return unread(error);
  const tones = state.windows.map(({ used, limit }) => toneOfUse(used, limit));
  const full = tones.filter((tone) => tone === 'bad').length;
  const near = tones.filter((tone) => tone === 'warn').length;
  const fullest = state.windows[0];
  const because = fullest
    ? `Fullest: ${fullest.subject}, ${formatCount(fullest.used)} of ${formatCount(fullest.limit)}`
    : 'No request is inside a window.';
  if (state.mode === 'degraded')
    return { tone: 'bad', word: 'limiter degraded', because: 'Limits hold for each process alone.' };
  if (full > 0) return { tone: 'bad', word: `${formatCount(full)} at the limit`, because };
  if (near > 0) return { tone: 'warn', word: `${formatCount(near)} above 80 %`, because };
  return { tone: 'ok', word: 'none', because };
}

export function verifiedOf(report: HeadReport | undefined, error: string | undefined, now: number): Says {
  if (!report) return unread(error);
  const { state, head, problem, signedAt } = report;
  if ((state !== 'first' && state !== 'continues') || !head || signedAt === null)
    return { tone: 'bad', word: 'not believed', because: problem ?? state };
  const until = `until ${signedAt.slice(0, 19).replace('T', ' ')} UTC`;
  const age = `signed ${formatAge(Date.parse(signedAt), now)}`;
  return {
    tone: error === undefined ? 'ok' : 'warn',
    word: `${formatCount(head.size)} entries`,
    because: error ?? `${until}, ${age}`,
  };
}

/** NIST SP 800-57 part 1, section 5.3.6: a key that derives or wraps others is used for about a year. */
export const ROTATE_AFTER_DAYS = 365;
/** Time enough to plan it. */
const SOON_DAYS = 30;
const DAY_MS = 86_400_000;

export function rotationOf(
  state: SecretRootsState | undefined,
  error: string | undefined,
  now: number,
): Says {
  if (!state) return unread(error);
  const active = state.roots.find((root) => root.state === 'active');
  if (!active) return { tone: 'idle', word: 'none due', because: 'No provider secret is stored yet.' };
  const left = Date.parse(active.activatedAt) + ROTATE_AFTER_DAYS * DAY_MS - now;
  const because = `Root ${active.version} of the provider secrets, a year after it was activated.`;
  if (left <= 0) return { tone: 'bad', word: `due since ${formatDuration(-left)}`, because };
  return { tone: left < SOON_DAYS * DAY_MS ? 'warn' : 'ok', word: `in ${formatDuration(left)}`, because };
}

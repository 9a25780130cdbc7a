import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';

/**
 * The day on which a major of Electron became stable, as npm has it. A major that is not here is `unknown`: whoever pins another
 * one adds its day, and a test asks for it.
 */
export const STABLE_SINCE: Readonly<Record<number, string>> = { 33: '2024-10-15', 45: '2026-10-21' };

/** The latest three majors are supported, and one appears every eight weeks, or later (electronjs.org, "Electron Releases"). */
const SUPPORTED_DAYS = 3 * 8 * 7;
/** From then on somebody has to bring the next major: that takes an update of every console. */
const SOON_DAYS = 28;
const DAY_MS = 86_400_000;

interface Deps {
  readonly electron: string;
  readonly now: number;
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** How long defects of this Electron, and of the Chromium in it, are still mended. */
export function examineSupport({ electron, now }: Deps): Diagnosis {
  const found = { step: 'support', title: 'Electron support window' } as const;
  const major = Number(/^(\d+)\./.exec(electron)?.[1]);
  const since = STABLE_SINCE[major];
  if (since === undefined) {
    const evidence = `Nobody wrote down since when Electron ${electron} is stable.`;
    return { ...found, status: 'unknown', evidence, remedy: null };
  }
  const began = Date.parse(since);
  const ends = began + SUPPORTED_DAYS * DAY_MS;
  const window = `Electron ${major} is stable since ${since} and supported until ${day(ends)} at least`;
  // A clock before the release is wrong, and says nothing about how late it is.
  if (now < began) {
    const evidence = `${window}; this machine says that it is ${day(now)}.`;
    return { ...found, status: 'unknown', evidence, remedy: 'Set the clock of this machine.' };
  }
  if (now >= ends) {
    const remedy = 'Install a newer Sallyport: known defects of this Chromium may be mended by nobody.';
    return { ...found, status: 'weak', evidence: `${window}: that day has passed.`, remedy };
  }
  const left = Math.ceil((ends - now) / DAY_MS);
  const evidence = `${window}: ${left} days are left.`;
  if (left > SOON_DAYS) return { ...found, status: 'ok', evidence, remedy: null };
  const remedy = 'Bring a newer Sallyport before that day.';
  return { ...found, status: 'weak', evidence, remedy };
}

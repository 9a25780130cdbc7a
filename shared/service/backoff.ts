import type { FailureCode } from './launch.ts';

/**
 * A crash is usually over at once; the wait doubles up to the last one while it is not. What died often in a row must still serve within
 * 10 s of its next death, its start included (SPEC 19.7).
 */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 3_000;
/** A person has to free the port, the disk or the directory: retrying quickly only makes noise. */
const SLOW_RETRY_MS = 15_000;

/** A process that ran this long was sound; the next crash is a new one. */
export const STABLE_MS = 30_000;

const NEEDS_A_PERSON: ReadonlySet<FailureCode> = new Set([
  'port-taken',
  'data-dir-in-use',
  'data-dir-unwritable',
  'data-dir-corrupt',
  'data-dir-foreign-key',
  'disk-full',
  'migration-failed',
  'settings-invalid',
]);

/** Whether starting again cannot help until somebody did something. */
export const needsAPerson = (code: FailureCode): boolean => NEEDS_A_PERSON.has(code);

/** Milliseconds to wait before the next start. @param crashes in a row, from 1 */
export const retryAfter = (code: FailureCode, crashes: number): number =>
  needsAPerson(code) ? SLOW_RETRY_MS : Math.min(FIRST_RETRY_MS * 2 ** (crashes - 1), LAST_RETRY_MS);

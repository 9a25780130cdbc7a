export const HEAD_STATES = [
  'first',
  'continues',
  'fork',
  'shrunk',
  'missing',
  'restored',
  'other-log',
  'unknown-key',
  'unsigned',
] as const;
/**
 * - `first`: properly signed, and nothing was seen before to compare it with
 * - `continues`: it holds everything that was seen before
 * - `fork`: it does not; `shrunk`: it is smaller than what was seen
 * - `missing`: there is said to be no head at all, though one was seen
 * - `restored`: a new epoch of the log that was seen; `other-log`: another log altogether
 * - `unknown-key`: signed, by none of the keys that were believed so far
 * - `unsigned`: no key of the log signed it
 */
export type HeadState = (typeof HEAD_STATES)[number];

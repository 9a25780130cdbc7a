import { createHash, timingSafeEqual } from 'node:crypto';

/** An agent beats at least once in each slot: 48 slots a day are the 48 heartbeats of full confidence (SPEC 5). */
export const SLOT_MS = 30 * 60_000;
/** Seven days of slots: the chain of 336 that scores in full, and how far back health looks. */
export const WINDOW_SLOTS = 336;
export const WINDOW_MS = WINDOW_SLOTS * SLOT_MS;

export const NONCE_BYTES = 16;
export const CHALLENGE_BYTES = 16;
export const CHALLENGE_DEADLINE_MS = 10_000;
const CHALLENGE_SHARE = 0.1;

export type ChallengeOutcome = 'passed' | 'wrong' | 'late';

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** What is kept of a nonce: enough to know it again, not enough to extend somebody's chain from a dump. */
export const nonceHash = (nonce: Uint8Array): Buffer => sha256(nonce);

/** The nonce that an agent echoes, or null when it is none: such an echo continues nothing. */
export function readNonce(echo: string | null): Buffer | null {
  if (echo === null || !/^[A-Za-z0-9_-]{22}$/.test(echo)) return null;
  const nonce = Buffer.from(echo, 'base64url');
  // The last character has four bits that decode to nothing: one spelling only.
  return nonce.toString('base64url') === echo ? nonce : null;
}

/**
 * Length of the chain after a heartbeat.
 * @param last null before the first heartbeat
 * @param echo attacker-controlled; only the nonce that was given last extends the chain
 */
export function nextChain(
  last: { readonly nonceHash: Uint8Array; readonly chain: number } | null,
  echo: Uint8Array | null,
): number {
  if (last === null || echo === null || echo.length !== NONCE_BYTES) return 1;
  return timingSafeEqual(nonceHash(echo), last.nonceHash) ? last.chain + 1 : 1;
}

/** Whether this heartbeat carries a challenge: one in ten, and nobody can tell which. @param draw 4 bytes from a CSPRNG */
export const carriesChallenge = (draw: Uint8Array): boolean =>
  Buffer.from(draw).readUInt32BE() < CHALLENGE_SHARE * 2 ** 32;

/** What proves that the agent read the challenge and computes: its SHA-256, in hex. */
export const answerOf = (challenge: Uint8Array): string => sha256(challenge).toString('hex');

/** The first answer decides, whatever it is. */
export function judgeAnswer(
  challenge: { readonly bytes: Uint8Array; readonly issuedAt: Date },
  answer: string,
  now: Date,
): ChallengeOutcome {
  if (now.getTime() - challenge.issuedAt.getTime() > CHALLENGE_DEADLINE_MS) return 'late';
  const expected = Buffer.from(answerOf(challenge.bytes));
  const given = Buffer.from(answer);
  return given.length === expected.length && timingSafeEqual(given, expected) ? 'passed' : 'wrong';
}

export const slotOf = (at: Date): number => Math.floor(at.getTime() / SLOT_MS);

/**
 * Share of the slots due that had a heartbeat. The first slot that counts is that of the first heartbeat or the oldest of
 * the window; the current one is due only when it has been kept, for it is not over.
 * @param kept slots with a heartbeat, any order, none twice
 */
export function cadenceOf(kept: readonly number[], firstBeat: Date | null, now: Date): number {
  if (firstBeat === null) return 0;
  const current = slotOf(now);
  const first = Math.max(slotOf(firstBeat), current - WINDOW_SLOTS + 1);
  const counted = kept.filter((slot) => slot >= first && slot <= current);
  const due = current - first + (counted.includes(current) ? 1 : 0);
  return due === 0 ? 0 : counted.length / due;
}

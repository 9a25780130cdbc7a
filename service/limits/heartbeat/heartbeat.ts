import { makeId } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import { LimitsError } from '../limits-error.ts';
import {
  CHALLENGE_BYTES,
  CHALLENGE_DEADLINE_MS,
  type ChallengeOutcome,
  cadenceOf,
  carriesChallenge,
  judgeAnswer,
  NONCE_BYTES,
  nextChain,
  nonceHash,
  readNonce,
} from './rules.ts';
import { type Health, healthOf } from './score.ts';
import {
  closeChallenge,
  countBeat,
  insertChallenge,
  insertFirstBeat,
  lockBeat,
  lockOpenChallenge,
  readHealthRows,
  updateBeat,
} from './store.ts';

export interface HeartbeatDeps {
  now(): Date;
  /** Bytes from a CSPRNG. */
  random(bytes: number): Uint8Array;
}

export interface Beat {
  /** To be echoed by the next heartbeat, base64url. */
  readonly nonce: string;
  readonly chain: number;
  readonly challenge: { readonly id: string; readonly bytes: string; readonly answerBy: Date } | null;
}

/** Two heartbeats at once with one echo: the row's lock lets the first extend the chain, and the second finds a new nonce. */
async function extendChain(
  tx: Tx,
  agentId: string,
  echo: string | null,
  nonce: Uint8Array,
  now: Date,
): Promise<number> {
  const hash = nonceHash(nonce);
  if (await insertFirstBeat(tx, agentId, hash, now)) return 1;
  const chain = nextChain(await lockBeat(tx, agentId), readNonce(echo));
  await updateBeat(tx, agentId, { nonceHash: hash, chain, now });
  return chain;
}

/** One heartbeat of an agent. @param echo attacker-controlled: the nonce of the heartbeat before, or anything */
export async function beat(
  { now, random }: HeartbeatDeps,
  tx: Tx,
  agentId: string,
  echo: string | null,
): Promise<Beat> {
  const at = now();
  const nonce = random(NONCE_BYTES);
  const chain = await extendChain(tx, agentId, echo, nonce, at);
  await countBeat(tx, agentId, at);
  const answer = { nonce: Buffer.from(nonce).toString('base64url'), chain };
  if (!carriesChallenge(random(4))) return { ...answer, challenge: null };
  const id = makeId('challenge', random(10), at.getTime());
  const bytes = Buffer.from(random(CHALLENGE_BYTES));
  await insertChallenge(tx, { id, agentId, bytes, issuedAt: at });
  const answerBy = new Date(at.getTime() + CHALLENGE_DEADLINE_MS);
  return { ...answer, challenge: { id, bytes: bytes.toString('base64url'), answerBy } };
}

/**
 * The one answer to a challenge, right or wrong.
 * @throws LimitsError `challenge-unknown` for a second answer, another agent's challenge, and one that never was
 */
export async function answerChallenge(
  { now }: Pick<HeartbeatDeps, 'now'>,
  tx: Tx,
  given: { readonly agentId: string; readonly id: string; readonly answer: string },
): Promise<{ outcome: ChallengeOutcome; latencyMs: number }> {
  const challenge = await lockOpenChallenge(tx, given.agentId, given.id);
  if (!challenge) throw new LimitsError('challenge-unknown', 'no open challenge of this agent has this id');
  const at = now();
  const outcome = judgeAnswer(challenge, given.answer, at);
  await closeChallenge(tx, given.id, outcome, at);
  return { outcome, latencyMs: at.getTime() - challenge.issuedAt.getTime() };
}

/** Null for an agent that has never beaten. */
export async function agentHealth(
  db: Pick<Database, 'kysely'>,
  agentId: string,
  now: Date,
): Promise<Health | null> {
  const rows = await readHealthRows(db, agentId, now);
  if (!rows) return null;
  const cadence = cadenceOf(rows.slots, rows.firstAt, now);
  const { heartbeats, chain, challenges, latenciesMs } = rows;
  return healthOf({ cadence, heartbeats, chain, challenges, latenciesMs });
}

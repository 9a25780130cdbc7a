import { performance } from 'node:perf_hooks';
import { ROUND_PROBE_IDS, type RoundProbeId } from '../../shared/boundaries/controls.ts';
import type { ProbeOutcome } from '../../shared/http/boundary-probes.ts';
import type { Attack, Ground } from './attack.ts';
import { adminAttacks } from './attacks/admin.ts';
import { credentialAttacks } from './attacks/credentials.ts';
import { databaseAttacks } from './attacks/database.ts';
import { outsideAttacks } from './attacks/outside.ts';
import { unavailable, type Verdict } from './verdict.ts';

/** One attack for every probe of a round; the compiler counts them. What consoles try on themselves is out of reach from here. */
export const ATTACKS: Readonly<Record<RoundProbeId, Attack>> = {
  ...credentialAttacks,
  ...adminAttacks,
  ...databaseAttacks,
  ...outsideAttacks,
};

const LONGEST_EVIDENCE = 300;

/** Why an attack could not be made, by the name of its error: a message could carry what it was made with. */
const untried = (error: unknown): Verdict =>
  unavailable(`It could not be tried: ${error instanceof Error ? error.name : 'unknown failure'}.`);

async function attempt(probe: RoundProbeId, ground: Ground): Promise<ProbeOutcome> {
  const began = performance.now();
  const { outcome, evidence } = await ATTACKS[probe](ground).catch(untried);
  const durationMs = Math.round(performance.now() - began);
  return { probe, outcome, evidence: evidence.slice(0, LONGEST_EVIDENCE), durationMs };
}

/** Runs the attacks one after another: together they would be a burst that is its own finding. */
export async function runRound(
  ground: Ground,
  probes: readonly RoundProbeId[] = ROUND_PROBE_IDS,
): Promise<ProbeOutcome[]> {
  const outcomes: ProbeOutcome[] = [];
  for (const probe of probes) outcomes.push(await attempt(probe, ground));
  return outcomes;
}

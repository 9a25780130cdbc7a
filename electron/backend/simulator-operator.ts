import { readFileSync, renameSync, rmSync } from 'node:fs';
import { type OperatorFile, operatorFile } from '../../shared/http/operator-file.ts';
import { type LocalOperators, writeOperatorFile } from './local-operators.ts';

const NAME = 'simulator';
/** It creates keys and issues credits: no lesser role may do both. */
const ROLE = 'administrator';

interface Deps {
  /** Kept through locks, in a practice console only: its key opens sample data and nothing else. */
  readonly path: string;
  readonly operators: Pick<LocalOperators, 'invite' | 'way' | 'stands'>;
}

function readKept(path: string): OperatorFile | null {
  try {
    return operatorFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** An operator that was revoked never comes back by its key, and the simulator would be refused at every start. */
async function isDead({ enrolmentCode, key }: OperatorFile, operators: Deps['operators']): Promise<boolean> {
  if (!key || enrolmentCode !== null) return false;
  // Nothing is thrown away because nobody answers.
  return !(await operators.stands(key.publicKey).catch(() => true));
}

/** The simulator's operator: invited by a signed card once, known by its key from then on. */
export const createSimulatorOperator = ({ path, operators }: Deps) => ({
  /** @returns its file, with a token that dies at the next lock @throws Refusal when the person declines */
  async file(): Promise<string> {
    const found = readKept(path);
    const kept = found && (await isDead(found, operators)) ? null : found;
    if (found && !kept) rmSync(path, { force: true });
    if (kept?.key) writeOperatorFile(path, { ...kept, ...operators.way() });
    else renameSync((await operators.invite(NAME, ROLE)).path, path);
    return path;
  },
  /** The service did not take it. A key that never enrolled is worth nothing: the next start invites anew. */
  refused(): void {
    if (readKept(path)?.enrolmentCode !== null) rmSync(path, { force: true });
  },
});
export type SimulatorOperator = ReturnType<typeof createSimulatorOperator>;

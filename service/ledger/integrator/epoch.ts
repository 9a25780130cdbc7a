import { type Checkpoint, judgeSignature, parseCheckpoint } from '../../../shared/ledger/checkpoint.ts';
import { type Frontier, rootOf } from '../../../shared/ledger/merkle.ts';
import { parseNote } from '../../../shared/ledger/note.ts';
import type { Tx } from '../../db/database.ts';
import { verifyEd25519 } from '../ed25519.ts';
import { sha256 } from '../entry-row.ts';
import { type LedgerKeys, originOf } from './ledger-keys.ts';
import { insertEpoch, readSigners } from './signing.store.ts';
import { type SigningDeps, tell } from './signing.ts';

/** A restore may have lost the last rotations too; a key of so many versions ahead is recognised as our own. */
const VERSIONS_AHEAD = 16;

const isOurs = (keys: LedgerKeys, text: string, newest: number): boolean => {
  const note = parseNote(text);
  return Array.from({ length: newest + VERSIONS_AHEAD }, (_, i) => keys.verifier(i + 1)).some(
    (key) => judgeSignature(verifyEd25519, note, key).state === 'good',
  );
};

export interface RestoreReport {
  /** Id of the entry that reports it. */
  readonly id: string;
  /** Signed note that a witness kept. Attacker-controlled until a key of ours is found under it. */
  readonly checkpoint: string;
}

/** What cannot be read must not stop the numbering: it is refused like anything else. */
function readWitnessed(note: string): Checkpoint | null {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch {
    return null;
  }
}

/**
 * Decides on a head that a witness has seen and this log has not reached. If it is ours, the log was restored from a
 * backup: a new epoch begins, and its first entry commits to both heads.
 * @returns id of the entry that opens the epoch, which must be the next to be numbered; null when there is none
 */
export async function openEpoch(
  tx: Tx,
  deps: SigningDeps,
  frontier: Frontier,
  report: RestoreReport,
): Promise<string | null> {
  const { epoch: current, keys } = await readSigners(tx, frontier.size);
  const witnessed = readWitnessed(report.checkpoint);
  const newest = keys[0]?.version ?? 1;
  const refuse = async (because: string) => {
    await tell(deps, tx, { kind: 'ledger.restore-refused', data: { report: report.id, because } });
    return null;
  };
  if (witnessed === null) return refuse('it is no checkpoint');
  if (witnessed.origin !== originOf(deps.keys.name, current)) return refuse('it is of another log or epoch');
  if (!isOurs(deps.keys, report.checkpoint, newest)) return refuse('no ledger key of ours signed it');
  if (witnessed.size <= frontier.size) return refuse('it is not ahead of this log');
  const epoch = current + 1;
  const root = Buffer.from(witnessed.root);
  await insertEpoch(tx, {
    ...{ epoch, from_size: frontier.size, witnessed_size: witnessed.size, witnessed_root: root },
  });
  return tell(deps, tx, {
    kind: 'ledger.epoch-opened',
    data: {
      ...{ epoch, origin: originOf(deps.keys.name, epoch), checkpoint: report.checkpoint },
      witnessed: { size: witnessed.size, root: root.toString('hex') },
      restored: { size: frontier.size, root: Buffer.from(rootOf(sha256, frontier)).toString('hex') },
      lost: { from: frontier.size, until: witnessed.size },
    },
  });
}

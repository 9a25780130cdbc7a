import type { CheckpointView } from '../../shared/http/evidence.ts';
import { parseCheckpoint } from '../../shared/ledger/checkpoint.ts';
import { parseNote } from '../../shared/ledger/note.ts';
import { consistencyPlan, inclusionPlan, type ProofPlan, rootPlan } from '../../shared/ledger/tiles.ts';
import { HttpError } from '../gate/http-error.ts';
import { sha256 } from '../ledger/entry-row.ts';
import {
  type CheckpointRow,
  findEntry,
  type Reader,
  readCosignatures,
  readSize,
  readTiles,
} from './store.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function compute(db: Reader, plan: ProofPlan): Promise<Uint8Array[]> {
  return plan.compute(sha256, await readTiles(db, plan.tiles));
}

/** The head that the log had at a size it has reached. */
export async function headAt(db: Reader, size: number): Promise<{ size: number; root: string }> {
  const [root = new Uint8Array()] = await compute(db, rootPlan(size));
  return { size, root: hex(root) };
}

/** @throws HttpError `not_found` beyond the log */
async function sizeWithin(db: Reader, wanted: number | undefined): Promise<number> {
  const size = await readSize(db);
  if (wanted !== undefined && wanted > size)
    throw new HttpError('not_found', `the log has ${size} entries, not ${wanted}`);
  return wanted ?? size;
}

/** @throws HttpError `not_found` for an entry that is not in the log of that size */
export async function proveInclusion(
  db: Reader,
  by: { readonly number: number } | { readonly id: string },
  wanted: number | undefined,
) {
  const entry = await findEntry(db, by);
  // After the entry, so that the log has it.
  const size = await sizeWithin(db, wanted);
  if (!entry || entry.number >= size)
    throw new HttpError('not_found', 'the log of this size has no such entry');
  const proof = await compute(db, inclusionPlan(entry.number, size));
  return {
    number: entry.number,
    id: entry.id,
    leafHash: hex(entry.leafHash),
    head: await headAt(db, size),
    proof: proof.map(hex),
  };
}

/** @throws HttpError `bad_request` for sizes in the wrong order, `not_found` beyond the log */
export async function proveConsistency(db: Reader, from: number, wanted: number | undefined) {
  const to = await sizeWithin(db, wanted);
  if (from > to)
    throw new HttpError('bad_request', `a log of ${from} entries is no beginning of one of ${to}`);
  const proof = await compute(db, consistencyPlan(from, to));
  return { from: await headAt(db, from), to: await headAt(db, to), proof: proof.map(hex) };
}

/** A stored checkpoint with what its witnesses added. */
export async function viewOf(db: Reader, row: CheckpointRow): Promise<CheckpointView> {
  const cosignatures = await readCosignatures(db, row);
  return {
    origin: parseCheckpoint(parseNote(row.note).text).origin,
    epoch: row.epoch,
    size: Number(row.size),
    root: hex(row.root),
    note: row.note + cosignatures.map(({ line }) => line).join(''),
    signedAt: row.signed_at.toISOString(),
    state: cosignatures.length > 0 ? 'witnessed' : 'self-attested',
    witnesses: cosignatures.map(({ name, cosigned_at }) => ({ name, at: cosigned_at.toISOString() })),
  };
}

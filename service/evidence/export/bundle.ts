import type { ExportQuery } from '../../../shared/http/ledger.ts';
import type { BundleSource } from '../../../shared/ledger/bundle/assemble.ts';
import type { Manifest } from '../../../shared/ledger/bundle/format.ts';
import { wholeTiles } from '../../../shared/ledger/bundle/write.ts';
import { rangeHash, TILE_WIDTH, tilesOf } from '../../../shared/ledger/tiles.ts';
import { HttpError } from '../../gate/http-error.ts';
import { sha256 } from '../../ledger/entry-row.ts';
import { proveConsistency, viewOf } from '../proofs.ts';
import { type CheckpointRow, type Reader, readCheckpoint, readTiles } from '../store.ts';
import { readTrust } from '../trust.ts';
import { withheldOf } from './rows.ts';
import { filterOf, readEntries, readSpan, type Shown } from './store.ts';

export interface BundlePlan {
  readonly manifest: Manifest;
  readonly size: number;
  readonly total: number;
}

/** The head that a witness has seen, where the newest one has none, and the proof that leads from it. */
async function witnessedBefore(db: Reader, row: CheckpointRow): Promise<Manifest['witnessed']> {
  const seen = await readCheckpoint(db, { cosigned: true, epoch: row.epoch });
  if (!seen || seen.size === row.size) return null;
  const { proof } = await proveConsistency(db, Number(seen.size), Number(row.size));
  return { checkpoint: (await viewOf(db, seen)).note, proof };
}

/** What is asked of a bundle: what it shows, how it calls that, and what it withholds. */
export interface BundleRequest extends Shown {
  readonly asked: Readonly<Record<string, string>>;
  readonly withhold: ExportQuery['withhold'];
}

export function requestOf(query: ExportQuery): BundleRequest {
  const filter = filterOf(query);
  const named = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '');
  const asked = Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
  return { filter, numbers: null, asked, withhold: query.withhold };
}

/** @throws HttpError `unavailable` while nothing is signed */
export async function planBundle(db: Reader, request: BundleRequest, now: Date): Promise<BundlePlan> {
  const row = await readCheckpoint(db);
  if (!row) throw new HttpError('unavailable', 'no head is signed yet', { retryAfterSeconds: 1 });
  const size = Number(row.size);
  const complete = Object.keys(request.asked).length === 0;
  const span = complete ? null : await readSpan(db, request, size);
  const range = complete
    ? wholeTiles(0, size, size)
    : wholeTiles(span?.first ?? 0, span === null ? 0 : span.last + 1, size);
  const manifest: Manifest = {
    ...{ format: 'sallyport-evidence/1', exportedAt: now.toISOString(), ...range },
    filter: { ...request.asked },
    complete,
    checkpoint: (await viewOf(db, row)).note,
    witnessed: await witnessedBefore(db, row),
    trust: await readTrust(db),
  };
  return { manifest, size, total: complete ? size : (span?.count ?? 0) };
}

/** The log at the size of the plan, read in batches; what is appended meanwhile does not show. */
export function bundleSource(db: Reader, request: BundleRequest, size: number): BundleSource {
  const hashesOf = async (ranges: readonly { begin: number; end: number }[]) => {
    const read = await readTiles(db, tilesOf(ranges));
    return ranges.map((range) => rangeHash(sha256, range, read));
  };
  return {
    size,
    ranges: hashesOf,
    roots: (from, count) =>
      hashesOf(
        Array.from({ length: count }, (_, i) => ({
          begin: (from + i) * TILE_WIDTH,
          end: Math.min((from + i + 1) * TILE_WIDTH, size),
        })),
      ),
    leaves: async (first) => {
      const tile = { level: 0, index: first / TILE_WIDTH };
      return (await readTiles(db, [tile]))(tile) ?? new Uint8Array();
    },
    entries: (first, end) => readEntries(db, first, end, request),
    withheld: ({ entry }) => new Set(withheldOf(entry, request.withhold).map((name) => `data.${name}`)),
  };
}

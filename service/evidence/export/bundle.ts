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
  /** Of a bundle without filters: the numbers [first, end) that it should hold; null for all. */
  readonly range: Pick<ExportQuery, 'first' | 'end'> | null;
}

/** @throws HttpError `bad_request` for a range with filters */
export function requestOf(query: ExportQuery): BundleRequest {
  const filter = filterOf(query);
  const named = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '');
  const { first, end, withhold } = query;
  const range = first === undefined && end === undefined ? null : { first, end };
  if (range !== null && named.length > 0)
    throw new HttpError('bad_request', 'a range of numbers takes no other filter');
  const asked = Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
  return { filter, numbers: null, asked, withhold, range };
}

/** The numbers that were asked for, as far as the log goes. @throws HttpError `bad_request` */
function rangeOf({ range }: BundleRequest, size: number): { first: number; end: number } {
  const { first = 0, end = size } = range ?? {};
  if (first > end) throw new HttpError('bad_request', 'the range begins after its end');
  return wholeTiles(Math.min(first, size), Math.min(end, size), size);
}

/** @throws HttpError `unavailable` while nothing is signed */
export async function planBundle(db: Reader, request: BundleRequest, now: Date): Promise<BundlePlan> {
  const row = await readCheckpoint(db);
  if (!row) throw new HttpError('unavailable', 'no head is signed yet', { retryAfterSeconds: 1 });
  const size = Number(row.size);
  const complete = Object.keys(request.asked).length === 0;
  const span = complete ? null : await readSpan(db, request, size);
  const range = complete
    ? rangeOf(request, size)
    : wholeTiles(span?.first ?? 0, span === null ? 0 : span.last + 1, size);
  const manifest: Manifest = {
    ...{ format: 'sallyport-evidence/1', exportedAt: now.toISOString(), ...range },
    filter: { ...request.asked },
    complete,
    checkpoint: (await viewOf(db, row)).note,
    witnessed: await witnessedBefore(db, row),
    trust: await readTrust(db),
  };
  return { manifest, size, total: complete ? range.end - range.first : (span?.count ?? 0) };
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

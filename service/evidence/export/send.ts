import { assembleBundle } from '../../../shared/ledger/bundle/assemble.ts';
import { BUNDLE_TYPE } from '../../../shared/ledger/bundle/format.ts';
import type { Database } from '../../db/database.ts';
import type { StreamIo } from '../../gate/context.ts';
import { sha256 } from '../../ledger/entry-row.ts';
import { type BundleRequest, bundleSource, planBundle } from './bundle.ts';
import { headOf } from './rows.ts';

/** `2030-01-02T03-04-05Z`: a time that is a file name everywhere. */
export const stamp = (now: Date): string => now.toISOString().replace(/\.\d+/, '').replaceAll(':', '-');

/** Writes as fast as the client reads: what it has not taken is not made yet. */
export async function pour(
  io: StreamIo,
  head: Record<string, string>,
  parts: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const out = io.open(head);
  for await (const part of parts) {
    if (io.closed.aborted) return;
    if (part.length > 0 && !out.write(part)) await out.drained();
  }
}

interface Sending {
  readonly io: StreamIo;
  /** Of the file. */
  readonly name: string;
  readonly now: Date;
}

/** @param reader the role that may read salts. @throws HttpError `unavailable` while nothing is signed */
export async function sendBundle(
  { kysely }: Pick<Database, 'kysely'>,
  request: BundleRequest,
  { io, name, now }: Sending,
): Promise<void> {
  const { manifest, size, total } = await planBundle(kysely, request, now);
  const lines = assembleBundle(sha256, manifest, bundleSource(kysely, request, size));
  return pour(io, headOf(BUNDLE_TYPE, name, total), lines);
}

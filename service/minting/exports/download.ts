import type { EventData } from '../../../shared/ledger/events.ts';
import { type Database, transact } from '../../db/database.ts';
import type { Handlers, RequestContext, StreamIo } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Staging } from '../../ledger/staging.ts';
import { ExportError } from './export-error.ts';
import { judgeLink } from './link.ts';
import { headOf } from './rules.ts';
import { openObject } from './sealing.ts';
import type { ExportStorage } from './storage/storage.ts';
import { type ExportRow, memberIn, readExport } from './store.ts';

export interface DownloadDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
  readonly storage: ExportStorage;
  readonly linkKey: Uint8Array;
  /** What objects are sealed under. */
  readonly seed: Uint8Array;
}

interface Allowed {
  readonly row: ExportRow;
  readonly object: string;
  readonly bytes: number;
  readonly accountId: string;
}

type Query = Parameters<Handlers['mint-exports.download']>[0]['query'];

/**
 * The address says who may download what until when, and only we can have written it; whether the member still is one, the
 * database says. What is wrong with a forged address is told to nobody.
 */
async function allow({ db, linkKey }: DownloadDeps, id: string, query: Query, now: Date): Promise<Allowed> {
  const { account: accountId, object, expires, signature } = query;
  const verdict = judgeLink(linkKey, { exportId: id, accountId, object, expires }, signature, now);
  if (verdict === 'forged') throw new HttpError('unauthorized', 'this address was not issued here');
  if (verdict === 'expired')
    throw new HttpError('unauthorized', 'this address has expired; ask for another one');
  const row = await readExport(db.kysely, id);
  const member = row && (await memberIn(db.kysely, row.brand_id, accountId));
  if (!row || member === undefined || row.object !== object || row.bytes === null)
    throw new HttpError('not_found', 'there is no such export');
  return { row, object, bytes: Number(row.bytes), accountId };
}

/** The first piece, before anything is answered: storage that is away, or holds something else, is a refusal and no broken file. */
async function begin(parts: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  try {
    const { value, done } = await parts.next();
    if (done) throw new ExportError('object-damaged', 'the stored file is empty');
    return value;
  } catch (cause) {
    if (!(cause instanceof ExportError)) throw cause;
    if (cause.code === 'object-missing')
      throw new HttpError('not_found', 'the file of this export is gone; export the job again', { cause });
    if (cause.code === 'object-damaged')
      throw new HttpError('internal', 'the stored file is not the one that was written', { cause });
    throw new HttpError('unavailable', 'private storage does not answer now', {
      ...{ retryAfterSeconds: 5, cause },
    });
  }
}

type Audited = 'mint.export-opened' | 'mint.export-downloaded';

const audit = <K extends Audited>(
  { db, staging }: DownloadDeps,
  ctx: RequestContext,
  kind: K,
  data: EventData<K>,
  accountId: string,
): Promise<unknown> =>
  transact(db, (tx) =>
    staging.stage(tx, {
      ...{ kind, data, agent: null, requestId: ctx.requestId },
      actor: { type: 'account', id: accountId, name: null },
    }),
  );

/** Sends what storage gives as fast as the client takes it. @returns the bytes that were sent */
async function pour(
  io: StreamIo,
  head: Readonly<Record<string, string>>,
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
  sent: { bytes: number },
): Promise<void> {
  const out = io.open(head);
  const send = async (part: Uint8Array): Promise<void> => {
    if (io.closed.aborted) return;
    sent.bytes += part.length;
    if (part.length > 0 && !out.write(part)) await out.drained();
  };
  await send(first);
  for await (const part of rest) {
    await send(part);
    if (io.closed.aborted) return;
  }
}

/** `GET /api/v1/minting/exports/:id/download` (SPEC 13): no member of today, no entry in the log, no byte. */
export const downloadHandler =
  (deps: DownloadDeps): Handlers['mint-exports.download'] =>
  async ({ params: { id }, query }, ctx, io) => {
    const { row, object, bytes, accountId } = await allow(deps, id, query, ctx.now());
    const file = openObject({ seed: deps.seed, name: object }, deps.storage.read(object));
    const sent = { bytes: 0 };
    try {
      const first = await begin(file);
      const names = { exportId: id, brandId: row.brand_id, jobId: row.job_id, accountId };
      await audit(deps, ctx, 'mint.export-opened', { ...names, bytes }, accountId);
      try {
        await pour(io, headOf(row, bytes), first, file, sent);
      } finally {
        const ended = { ...names, bytes: sent.bytes, whole: sent.bytes === bytes && !io.closed.aborted };
        await audit(deps, ctx, 'mint.export-downloaded', ended, accountId);
      }
    } finally {
      await file.return(undefined);
    }
  };

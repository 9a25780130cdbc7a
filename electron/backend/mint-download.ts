import { createHash, randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { CallAnswer } from '../../shared/http/table.ts';
import type { DownloadReport, DownloadRequest } from '../../shared/ipc/member.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { AdminClient } from './admin-client.ts';
import { type ChooseFile, writeAll } from './exports.ts';

interface Deps {
  readonly client: Pick<AdminClient, 'call'>;
  readonly publicOrigin: () => string | null;
  readonly chooseFile: ChooseFile;
}

const NONE: DownloadReport = { state: 'none', path: null, bytes: 0, sha256: null };
const broken = (message: string, cause?: unknown): Refusal =>
  new Refusal('request-failed', message, { retryable: true, cause });

/** @returns what arrived: its length and its SHA-256 */
async function pour(body: AsyncIterable<Uint8Array>, draft: string) {
  const file = await open(draft, 'wx', 0o600);
  const digest = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of body) {
      await writeAll(file, chunk);
      digest.update(chunk);
      bytes += chunk.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: digest.digest('hex') };
}

/** The address comes from the service; it is followed only to the plane that it belongs to. */
function within(origin: string, path: string): URL {
  const target = new URL(path, origin);
  if (target.origin !== new URL(origin).origin)
    throw broken('The service named an address outside of itself. Nothing was downloaded.');
  return target;
}

/**
 * Downloads an export of a mint job to where a person wants it. The bytes go from the service to the disk, past every page; the
 * draft takes its name only when it is the file that the service said it made.
 */
export const createMintDownload =
  ({ client, publicOrigin, chooseFile }: Deps) =>
  async ({ exportId, batchName }: DownloadRequest): Promise<DownloadReport> => {
    const params = { id: exportId };
    const found = await client.call({ route: 'mint-exports.get', params });
    const made = (found.body as CallAnswer<'mint-exports.get'>).export;
    if (made.state !== 'ready') throw broken('This export is not ready. Wait until it is.');
    const path = await chooseFile(`${exportId}.${made.format}`);
    if (path === null) return NONE;
    const issued = await client.call({ route: 'mint-exports.link', params, body: { batchName } });
    const origin = publicOrigin();
    if (!origin) throw broken('The service does not serve. Download again when it does.');
    const target = within(origin, (issued.body as CallAnswer<'mint-exports.link'>).url);
    const draft = `${path}.${randomBytes(4).toString('hex')}.part`;
    try {
      const answer = await fetch(target, { redirect: 'error' });
      if (answer.status !== 200 || !answer.body)
        throw broken(`The service refused the download (${answer.status}).`);
      const { bytes, sha256 } = await pour(answer.body, draft);
      if (sha256 !== made.sha256)
        throw broken('The file is not the one that the service made, so it was deleted. Download it again.');
      await rename(draft, path);
      return { state: 'saved', path, bytes, sha256 };
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw cause instanceof Refusal
        ? cause
        : broken('The file could not be downloaded to there. Try again, or choose another place.', cause);
    }
  };

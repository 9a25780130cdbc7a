import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { ExportRequest, ExportStatus } from '../../shared/ipc/evidence.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { OpenedExport } from './export-connection.ts';
import { exportName } from './export-name.ts';

/** Where a person wants the file, or null for nowhere. */
export type ChooseFile = (suggestedName: string) => Promise<string | null>;

interface Deps {
  readonly open: (request: ExportRequest, signal: AbortSignal) => Promise<OpenedExport>;
  readonly chooseFile: ChooseFile;
  readonly now: () => Date;
}

const NONE: ExportStatus = { state: 'none', path: null, bytes: 0, rows: 0, total: null, message: null };
const LINE_BREAK = 0x0a;

function linesIn(chunk: Uint8Array): number {
  let lines = 0;
  for (let at = chunk.indexOf(LINE_BREAK); at >= 0; at = chunk.indexOf(LINE_BREAK, at + 1)) lines += 1;
  return lines;
}

/** A line of CSV may hold line breaks in quotes, and a bundle has lines that are no rows: rows are never more than there are. */
const rowsOf = (lines: number, total: number | null): number => Math.min(lines, total ?? lines);

const sentenceOf = (error: unknown): string => {
  if (error instanceof Refusal) return error.message;
  const { code } = error as { code?: unknown };
  if (code === 'ENOSPC') return 'The disk is full. Free some space, then export again.';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return 'This place cannot be written. Choose another.';
  return 'The export broke off. Export again.';
};

export async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length; )
    written += (await file.write(chunk, written, chunk.length - written)).bytesWritten;
}

type Say = (change: Partial<ExportStatus>) => void;

async function pour(
  { body, total }: OpenedExport,
  draft: string,
  signal: AbortSignal,
  say: Say,
): Promise<void> {
  say({ total });
  const file = await open(draft, 'wx', 0o600);
  try {
    let [bytes, lines] = [0, 0];
    for await (const chunk of body) {
      signal.throwIfAborted();
      await writeAll(file, chunk);
      bytes += chunk.length;
      lines += linesIn(chunk);
      say({ bytes, rows: rowsOf(lines, total) });
    }
    await file.sync();
  } finally {
    await file.close();
  }
  signal.throwIfAborted();
}

/**
 * Streams exports of the ledger and reports to disk, one at a time. The bytes go into a draft beside the file (0600) that takes its name when
 * it is whole: a file that broke off never looks like one that did not.
 */
export function createExports({ open: connect, chooseFile, now }: Deps) {
  let status: ExportStatus = NONE;
  let current: AbortController | null = null;

  async function run(path: string, request: ExportRequest, stop: AbortController): Promise<void> {
    const draft = `${path}.${randomBytes(4).toString('hex')}.part`;
    const say: Say = (change) => {
      if (current === stop) status = { ...status, ...change };
    };
    try {
      await pour(await connect(request, stop.signal), draft, stop.signal, say);
      await rename(draft, path);
      say({ state: 'done' });
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      say(stop.signal.aborted ? { state: 'cancelled' } : { state: 'failed', message: sentenceOf(error) });
    } finally {
      if (current === stop) current = null;
    }
  }

  /** @throws Refusal `busy` while one runs or a person is being asked */
  async function start(request: ExportRequest): Promise<ExportStatus> {
    if (current) throw new Refusal('busy', 'Another export is running. Wait for it, or cancel it.');
    const stop = new AbortController();
    current = stop;
    let path: string | null = null;
    try {
      path = await chooseFile(exportName(request, now()));
    } finally {
      if (current === stop && (path === null || stop.signal.aborted)) current = null;
    }
    if (path === null || stop.signal.aborted) return NONE;
    status = { ...NONE, state: 'running', path };
    void run(path, request, stop);
    return status;
  }

  return {
    export: start,
    exportStatus: (): ExportStatus => status,
    cancelExport(): ExportStatus {
      current?.abort();
      return status;
    },
    /** At a lock: nothing runs on, and nothing is told after the next unlock. */
    forget(): void {
      current?.abort();
      current = null;
      status = NONE;
    },
  };
}

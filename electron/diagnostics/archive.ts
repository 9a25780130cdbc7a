import { createHash } from 'node:crypto';
import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';
import { FUSES, readFuses } from './fuses.ts';

/** Systems on which Electron compares the archive with what the signed program says, before any of it is loaded. */
const ENFORCING = new Set(['darwin', 'win32']);
/** Without the first nothing is compared; without the second a folder beside the archive is loaded in its place. */
const NEEDED = ['EnableEmbeddedAsarIntegrityValidation', 'OnlyLoadAppFromAsar'];

interface Deps {
  readonly platform: string;
  readonly packaged: boolean;
  readonly executable: string;
  /** The archive's bytes as they lie on the disk, or an error. */
  readonly readArchive: () => AsyncIterable<Uint8Array>;
}

/** @returns null where it cannot be read */
async function digestOf(chunks: () => AsyncIterable<Uint8Array>): Promise<string | null> {
  try {
    const hash = createHash('sha256');
    for await (const chunk of chunks()) hash.update(chunk);
    return hash.digest('hex');
  } catch {
    return null;
  }
}

/** Whether a changed archive would be noticed before it runs: by its fuses, and by what this system does with them. */
export async function examineArchive({
  platform,
  packaged,
  executable,
  readArchive,
}: Deps): Promise<Diagnosis> {
  const found = { step: 'archive', title: 'Integrity of the archive' } as const;
  if (!packaged) {
    const evidence = 'It runs from its sources: there is no archive, and nothing is compared.';
    const remedy = 'Use it for development only. Install the packaged console for real work.';
    return { ...found, status: 'weak', evidence, remedy };
  }
  const fuses = await readFuses(executable).catch(() => null);
  if (!fuses)
    return { ...found, status: 'unknown', evidence: 'The executable shows no fuses.', remedy: null };
  const off = NEEDED.filter((name) => fuses[FUSES.findIndex(([fuse]) => fuse === name)] !== true);
  if (off.length > 0) {
    const remedy = 'Quit, and install the packaged console again from a source that you trust.';
    return { ...found, status: 'failed', evidence: `Fuses that are off: ${off.join(', ')}.`, remedy };
  }
  const digest = await digestOf(readArchive);
  if (digest === null)
    return { ...found, status: 'unknown', evidence: 'The archive cannot be read.', remedy: null };
  if (ENFORCING.has(platform)) {
    const evidence = `Both fuses are on, and ${platform} enforces them before the start. app.asar is SHA-256 ${digest}.`;
    return { ...found, status: 'ok', evidence, remedy: null };
  }
  const evidence = `Both fuses are on, but not enforced by this system (${platform}). app.asar is SHA-256 ${digest}.`;
  const remedy = 'Compare this digest with that of the release, or of a package made again from its commit.';
  return { ...found, status: 'weak', evidence, remedy };
}

import { constants, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { UpdateReport } from '../../shared/ipc/updates.ts';
import { readFloor, writeFloor } from './floor.ts';
import { MAX_MANIFEST_BYTES, openManifest, type ReleaseKey } from './manifest.ts';
import { fileFor, type Here, judgeRelease } from './rules.ts';
import { takePackage } from './take.ts';
import { UpdateError } from './update-error.ts';

interface Deps extends Omit<Here, 'now' | 'floor'> {
  readonly keys: readonly ReleaseKey[];
  /** Where the floor and taken packages are kept. */
  readonly folder: string;
  readonly now: () => Date;
  /** Asks a person for a file. */
  readonly choose: (title: string) => Promise<string | null>;
}

/** At most what a manifest may be and one byte more, whatever the file is. */
async function readSome(path: string): Promise<Buffer> {
  try {
    // Opening a pipe waits for whoever writes to it, for ever if nobody does.
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!(await file.stat()).isFile()) throw new Error('no plain file');
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_MANIFEST_BYTES + 1));
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw new UpdateError('malformed', 'This file cannot be read. Choose the manifest of a release.', cause);
  }
}

/** Where the highest release that was seen is remembered. */
export const floorPath = (folder: string): string => join(folder, 'seen-release.json');

/** The update channel of this console: from a manifest that a person chose to a package that may be installed. */
export function createUpdates(deps: Deps) {
  const seen = floorPath(deps.folder);
  let running: Promise<UpdateReport> | null = null;
  const status = (): UpdateReport => ({
    state: deps.keys.length === 0 ? 'closed' : 'open',
    installed: deps.version,
    found: null,
    refused: null,
  });

  async function examine(path: string): Promise<UpdateReport> {
    const opened = openManifest(await readSome(path), deps.keys);
    const { manifest, keyId, digest } = opened;
    judgeRelease(opened, { ...deps, now: deps.now(), floor: readFloor(seen) });
    mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
    writeFloor(seen, { sequence: manifest.sequence, version: manifest.version, digest });
    // Only now, with the floor on the disk: a release that has nothing for this system still outdates all before it.
    const file = fileFor(opened, deps);
    const taken =
      file && (await takePackage(join(dirname(path), file.name), join(deps.folder, 'packages'), file));
    const { sequence, version } = manifest;
    return { ...status(), found: { version, sequence, keyId, isNewer: file !== null, path: taken } };
  }

  async function ask(): Promise<UpdateReport> {
    const path = await deps.choose('Choose the manifest of a release');
    if (path === null) return status();
    try {
      return await examine(path);
    } catch (error) {
      if (!(error instanceof UpdateError)) throw error;
      return { ...status(), refused: { code: error.code, message: error.message } };
    }
  }

  return {
    status,
    /**
     * One at a time: whoever asks meanwhile gets what the one that runs finds.
     * @returns what was found, or why it was refused; a person who chose nothing is told nothing new
     */
    async check(): Promise<UpdateReport> {
      if (deps.keys.length === 0) return status();
      running ??= ask().finally(() => {
        running = null;
      });
      return running;
    },
  };
}

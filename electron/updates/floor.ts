import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { releaseVersion } from './manifest.ts';
import type { Floor } from './rules.ts';
import { UpdateError } from './update-error.ts';

const stored = z.strictObject({
  sequence: z.number().int().positive(),
  version: releaseVersion,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * Reads what was seen. Nothing yet is null; a file that cannot be read is not nothing, or damaging it would open the way back.
 * @throws UpdateError floor-unreadable
 */
export function readFloor(path: string): Floor | null {
  try {
    return stored.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UpdateError(
      'floor-unreadable',
      `${path} cannot be read, so nobody can say what was seen before. Compare the release by hand, then remove the file.`,
      cause,
    );
  }
}

/** Whole or not at all, and on the disk before anything is taken. */
export function writeFloor(path: string, floor: Floor): void {
  const draft = `${path}.draft`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    writeSync(fd, `${JSON.stringify(floor)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
}

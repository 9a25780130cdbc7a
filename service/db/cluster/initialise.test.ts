import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from './directory-lock.ts';
import { ensureInitialised } from './initialise.ts';
import { layoutOf } from './layout.ts';
import { SERVER_MARKER } from './server-marker.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sallyport-embedded-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** With binaries that are not there: whoever gets so far fails by that, as `internal`. */
const make = () => ensureInitialised(layoutOf(dataDir), join(dataDir, 'nowhere'), 'p');
const IN_USE = { code: 'data-dir-in-use' };

describe('an embedded database', () => {
  it('is not made while a service with a server keeps the directory, and is after it', async () => {
    const lock = await lockDirectory(dataDir);
    await expect(make()).rejects.toMatchObject(IN_USE);
    await lock.release();
    await expect(make()).rejects.toMatchObject({ code: 'internal' });
    await writeFile(join(dataDir, SERVER_MARKER), '');
    await expect(make()).rejects.toMatchObject({ code: 'settings-invalid' });
    expect((await readdir(dataDir)).toSorted()).toEqual([SERVER_MARKER, 'service.lock.1']);
  });

  it('shows that it is being made before it looks: of two that come at once one sees the other', async () => {
    const lock = await lockDirectory(dataDir);
    // Whoever reads this newer one waits until it is written.
    const newer = join(dataDir, 'service.lock.2');
    expect(spawnSync('mkfifo', [newer]).status).toBe(0);
    const refused = expect(make()).rejects.toMatchObject(IN_USE);
    const written = await open(newer, 'w');
    expect(await readdir(dataDir)).toContainEqual(expect.stringMatching(/^postgres\.init-/));
    await written.writeFile(`${process.pid} - - - -\n`);
    await written.close();
    await refused;
    await lock.release();
  });
});

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { listeners, Shipped } from './parts/run.ts';

/** A file that a program of somebody else writes if it ever runs. */
let folder = '';
const ran = () => existsSync(join(folder, 'ran'));
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sp-foreign-'));
  writeFileSync(
    join(folder, 'foreign.cjs'),
    `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'ran'))}, '');`,
  );
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.describe('the shipped console', () => {
  test('opens, and before it is unlocked waits for no connection', async () => {
    await using console = new Shipped();
    await console.isOpen();
    let found: readonly string[] = ['not looked'];
    // A process that is just being made may be nobody's to read: that is looked at again, and what was found is not.
    await expect(() => {
      found = listeners(console.pids());
    }).toPass({ timeout: 10_000 });
    expect(found).toEqual([]);
    // The same look finds a door where there is one.
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    expect(listeners([process.pid]).length).toBeGreaterThan(0);
    await new Promise((resolve) => server.close(resolve));
  });

  test('is no Node for whoever asks for one', async () => {
    const script = join(folder, 'foreign.cjs');
    await using console = new Shipped(['-e', `require(${JSON.stringify(script)})`, script], {
      ELECTRON_RUN_AS_NODE: '1',
    });
    await console.isOpen();
    expect(ran()).toBe(false);
  });

  test('takes no options for Node from its environment, and neither do its processes', async () => {
    await using console = new Shipped([], { NODE_OPTIONS: `--require ${join(folder, 'foreign.cjs')}` });
    await console.isOpen();
    expect(ran()).toBe(false);
  });

  test('runs no other application that it is pointed at', async () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'foreign', main: 'foreign.cjs' }));
    await using console = new Shipped([folder]);
    await console.isOpen();
    expect(ran()).toBe(false);
  });
});

test.describe('a debugger is refused by name and finds no door', () => {
  for (const attack of [
    '--inspect=0',
    '--inspect-brk=0',
    '--inspect-publish-uid=http',
    '--remote-debugging-port=0',
    '--remote-debugging-pipe',
    '-remote-debugging-port=0',
    '--REMOTE-DEBUGGING-PORT=0',
    '--remote-allow-origins=*',
    '--js-flags=--expose-gc',
    '--no-sandbox',
    '--load-extension=/tmp',
  ])
    test(attack, async () => {
      await using console = new Shipped([attack]);
      await expect.poll(() => console.said, { timeout: 20_000 }).toMatch(/does not run with --?/);
      expect(await console.ended()).toBe(1);
      expect(console.said).not.toMatch(/listening on/i);
      // Nothing of ours was opened: no log, no vault, no profile.
      const left = console.data.files().map((path) => path.slice(console.data.path.length + 1));
      expect(left.filter((path) => !path.startsWith('Crashpad/'))).toEqual(['settings.json']);
    });
});

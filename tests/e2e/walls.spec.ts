import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'playwright/test';
import { breakOut } from './parts/break-out.ts';
import { DataFolder, TestConsole } from './parts/console.ts';
import { networkSockets, search, secretsOf } from './parts/memory.ts';
import { createVault, lock, makeWallet, serviceIsLive, typePassphrase, unlock } from './parts/steps.ts';

/** One console for every attack on its page: none of them may leave a trace that another could feel. */
let data: DataFolder;
let console: TestConsole;
let recoveryCode: string;
// One of them reads the memory of every process.
test.setTimeout(180_000);
test.beforeAll(async () => {
  data = new DataFolder();
  console = await TestConsole.open({ data });
  recoveryCode = await createVault(console);
});
test.afterAll(async () => {
  await console[Symbol.asyncDispose]();
  data[Symbol.dispose]();
});

const RENDERER = '--type=renderer';
const KEEPER = '--type=utility --utility-sub-type=node.mojom.NodeService';

/** SPEC 19.14, judged where the machine is nothing else's; `npm test` only tells it. */
const JUDGED = process.env.SALLYPORT_FAULTS === 'full';
const LOCKED_MS = 1_000;

test.describe('a page of the console', () => {
  test('runs in a sandboxed process', async () => {
    const pids = console.pids(RENDERER);
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\t2$/m);
    // The same question finds the processes that are not sandboxed, so it can fail.
    const main = readFileSync(`/proc/${console.process.pid}/status`, 'utf8');
    expect(main).not.toMatch(/^Seccomp:\t2$/m);
  });

  test('can ask the console what it is, and is told what the kernel says', async () => {
    const app = await console.app();
    const found = await app.evaluate(async () => {
      const { sallyport } = window as unknown as {
        sallyport: {
          call(channel: string): Promise<{ value: Record<'step' | 'status' | 'evidence', string>[] }>;
        };
      };
      const { value } = await sallyport.call('diagnostics.run');
      return Object.fromEntries(value.map(({ step, status, evidence }) => [step, `${status}: ${evidence}`]));
    });
    for (const step of ['sandbox', 'keychain', 'processes', 'policy']) expect(found[step]).toMatch(/^ok: /);
    expect(found.processes).toMatch(/not confined: [^;]*Sallyport keeper/);
    expect(found.policy).toContain("connect-src 'none'");
    // The driver of this test is a debugger, and is found as one.
    expect(found.ports).toMatch(/^failed: .*main \(\d+\) at tcp 127\.0\.0\.1:/);
    expect(found.archive).toMatch(
      /^weak: (It runs from its sources|.*not enforced by this system .*SHA-256 [0-9a-f]{64})/,
    );
    expect(found.runtime).toMatch(/^(ok|weak): /);
    expect(found.fuses).toMatch(/^(ok|weak): /);
  });

  test('has exactly one door and no Node', async () => {
    const app = await console.app();
    const seen = await app.evaluate(() => ({
      door: Object.keys((window as unknown as { sallyport: object }).sallyport),
      node: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer', 'trusted'].filter(
        (n) => n in window,
      ),
    }));
    expect(seen).toEqual({ door: ['call'], node: [] });
  });

  test('has no network by any way out', async () => {
    const app = await console.app();
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    server.on('upgrade', (_request, socket) => {
      asked += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('');
      expect(asked).toBe(1);
      const results = await app.evaluate(breakOut, `127.0.0.1:${port}`);
      expect(results).toEqual({
        fetch: 'refused',
        xhr: 'refused',
        webSocket: 'refused',
        eventSource: 'refused',
        image: 'refused',
        stylesheet: 'refused',
        worker: 'refused',
        webTransport: 'refused',
        candidates: 0,
      });
      expect(asked).toBe(1);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('runs no string as script and writes none as markup', async () => {
    const app = await console.app();
    // The debugger may evaluate what a page may not, so the attack runs in a task of the page's own.
    const tried = await app.evaluate(
      () =>
        new Promise((resolve) => {
          const attempt = (run: () => unknown) => {
            try {
              run();
              return 'ran';
            } catch {
              return 'refused';
            }
          };
          setTimeout(() => {
            const inline = document.createElement('script');
            resolve([
              // biome-ignore lint/security/noGlobalEval: the attack itself.
              attempt(() => eval('1')),
              attempt(() => new Function('return 1')()),
              attempt(() => {
                document.body.innerHTML = '<b>x</b>';
              }),
              attempt(() => {
                inline.textContent = 'window.ran = true';
              }),
            ]);
          });
        }),
    );
    expect(tried).toEqual(['refused', 'refused', 'refused', 'refused']);
  });

  test('reaches no channel that has no contract, and no route that is not its own', async () => {
    const app = await console.app();
    const answers = await app.evaluate(async () => {
      const { sallyport } = window as unknown as {
        sallyport: {
          call(channel: unknown, payload?: unknown): Promise<{ ok: boolean; error?: { code: string } }>;
        };
      };
      const code = async (channel: unknown, payload?: unknown) =>
        sallyport.call(channel, payload).then(
          (result) => (result.ok ? 'answered' : result.error?.code),
          () => 'rejected',
        );
      return {
        internal: await code('ELECTRON_BROWSER_REQUIRE', 'fs'),
        prototype: await code('toString'),
        payload: await code('vault.setIdleMinutes', { minutes: 1e9 }),
        stream: await code('api.call', { route: 'events.stream' }),
        inference: await code('api.call', { route: 'tokenhall.key' }),
        known: await code('app.info'),
      };
    });
    expect(answers).toEqual({
      internal: 'rejected',
      prototype: 'rejected',
      payload: 'invalid-payload',
      stream: 'not-available',
      inference: 'not-available',
      known: 'answered',
    });
  });
});

test('a lock puts new processes in the place of keeper and renderer, and no secret of the vault survives it', async () => {
  const app = await console.app();
  await serviceIsLive(app);
  const utilities = console.pids(KEEPER);
  const withNetwork = await makeWallet(console, () =>
    utilities.filter((pid) => networkSockets(pid).length > 0),
  );
  const secrets = secretsOf(data.path, recoveryCode);
  expect(secrets.map(([name]) => name)).toContain('wallet-key');
  // One process draws and keeps the keys: it has them, and no socket of any network, before or while it draws.
  const keepers = utilities.filter((pid) => search(pid, secrets.slice(0, 1))?.found.length === 1);
  expect(keepers).toHaveLength(1);
  // The same question finds those that do have one, so it can fail.
  expect(withNetwork.length).toBeGreaterThan(0);
  expect(withNetwork).not.toContain(keepers[0]);

  const before = { renderer: console.pids(RENDERER), keeper: console.pids(KEEPER) };
  const all = console.pids('');
  const isNew = (pid: number) => !before.keeper.includes(pid);
  const replaced = () => {
    const [keepers, renderers] = [console.pids(KEEPER).filter(isNew), console.pids(RENDERER)];
    return (
      keepers.length === 1 && renderers.length > 0 && !renderers.some((pid) => before.renderer.includes(pid))
    );
  };
  const began = performance.now();
  await lock(app);
  // The unlock window opens before its keeper has started.
  await expect.poll(replaced, { intervals: [20] }).toBe(true);
  const lockedMs = Math.round(performance.now() - began);
  process.stdout.write(`lock: ${JSON.stringify({ lockedMs })}\n`);
  if (JUDGED) expect(lockedMs).toBeLessThan(LOCKED_MS);
  const window = await console.trusted('unlock');
  expect(await console.titles()).toEqual(['Sallyport: locked']);
  const after = { renderer: console.pids(RENDERER), keeper: console.pids(KEEPER) };
  expect(after.renderer.filter((pid) => before.renderer.includes(pid))).toEqual([]);
  const surviving = all.filter((pid) => console.pids('').includes(pid));
  const shared = new Set<string>();
  const searched = surviving.flatMap((pid) => search(pid, secrets, shared) ?? []);
  expect(searched.flatMap(({ found }) => found)).toEqual([]);
  // Main, the service and its database were searched, not skipped; sandboxed helpers the kernel shows to nobody.
  expect(searched.length).toBeGreaterThanOrEqual(4);
  expect(surviving).toContain(console.process.pid);
  expect(Math.max(...searched.map(({ bytes }) => bytes))).toBeGreaterThan(10_000_000);
  // The service’s processes run on; exactly one utility process, the keeper, is another one.
  expect(before.keeper.filter((pid) => !after.keeper.includes(pid))).toHaveLength(1);

  await typePassphrase(window, 'not the passphrase at all');
  await expect(window.getByRole('alert').first()).toContainText(/wrong/i);
  expect(console.electron.windows()).toHaveLength(1);
  await unlock(console);
});

test('a lock of the screen locks the console', async () => {
  const app = await console.app();
  const closed = app.waitForEvent('close');
  execFileSync('dbus-send', [
    '--session',
    '--type=signal',
    '/',
    'org.gnome.ScreenSaver.ActiveChanged',
    'boolean:true',
  ]);
  await closed;
  await console.trusted('unlock');
  expect(await console.titles()).toEqual(['Sallyport: locked with the screen']);
  await unlock(console);
});

// Last: the driver waits for ever for the navigations that were refused.
test('a hostile page opens no window, stays at its origin and frames no page of ours', async () => {
  const app = await console.app();
  const before = console.electron.windows().length;
  await app.evaluate(() => {
    for (const url of [
      'https://example.com/',
      'app://sallyport/trusted.html',
      'file:///etc/passwd',
      'about:blank',
      '',
    ])
      window.open(url);
    location.href = 'https://example.com/';
  });
  await app.evaluate(() => {
    location.href = 'app://sallyport/trusted.html';
  });
  await app.evaluate(() => {
    const frame = document.createElement('iframe');
    frame.src = 'app://sallyport/index.html';
    document.body.append(frame);
  });
  expect(app.url()).toBe('app://sallyport/index.html');
  expect(console.electron.windows()).toHaveLength(before);
  expect(await app.evaluate(() => typeof (window as unknown as { sallyport: unknown }).sallyport)).toBe(
    'object',
  );
});

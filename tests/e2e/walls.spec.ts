import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'playwright/test';
import { DataFolder, TestConsole } from './parts/console.ts';
import { createVault, lock, typePassphrase, unlock } from './parts/steps.ts';

/** One console for every attack on its page: none of them may leave a trace that another could feel. */
let data: DataFolder;
let console: TestConsole;
test.beforeAll(async () => {
  data = new DataFolder();
  console = await TestConsole.open({ data });
  await createVault(console);
});
test.afterAll(async () => {
  await console[Symbol.asyncDispose]();
  data[Symbol.dispose]();
});

const RENDERER = '--type=renderer';
const KEEPER = '--type=utility --utility-sub-type=node.mojom.NodeService';

test.describe('a page of the console', () => {
  test('runs in a sandboxed process', async () => {
    const pids = console.pids(RENDERER);
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\t2$/m);
    // The same question finds the processes that are not sandboxed, so it can fail.
    const main = readFileSync(`/proc/${console.process.pid}/status`, 'utf8');
    expect(main).not.toMatch(/^Seccomp:\t2$/m);
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

test('a lock puts new processes in the place of keeper and renderer and closes the stream', async () => {
  const app = await console.app();
  const before = { renderer: console.pids(RENDERER), keeper: console.pids(KEEPER) };
  await lock(app);
  const window = await console.trusted('unlock');
  expect(await console.titles()).toEqual(['Sallyport: locked']);
  const after = { renderer: console.pids(RENDERER), keeper: console.pids(KEEPER) };
  expect(after.renderer.filter((pid) => before.renderer.includes(pid))).toEqual([]);
  // The service’s processes run on; exactly one utility process, the keeper, is another one.
  expect(before.keeper.filter((pid) => !after.keeper.includes(pid))).toHaveLength(1);
  expect(after.keeper.filter((pid) => !before.keeper.includes(pid))).toHaveLength(1);

  await typePassphrase(window, 'not the passphrase at all');
  await expect(window.getByRole('alert').first()).toContainText(/wrong/i);
  expect(console.electron.windows()).toHaveLength(1);
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

/** Runs in the page: tries every way to reach a host. */
async function breakOut(host: string) {
  const settle = (start: (done: (how: string) => void) => void) =>
    new Promise<string>((resolve) => {
      const timer = setTimeout(() => resolve('refused'), 1500);
      const done = (how: string) => {
        clearTimeout(timer);
        resolve(how);
      };
      try {
        start(done);
      } catch {
        done('refused');
      }
    });
  const element = (tag: 'img' | 'link', url: string) =>
    settle((done) => {
      const made = document.createElement(tag);
      made.onload = () => done('loaded');
      made.onerror = () => done('refused');
      if (made instanceof HTMLImageElement) made.src = url;
      else Object.assign(made, { rel: 'stylesheet', href: url });
      document.body.append(made);
    });
  const candidates = async () => {
    const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${host}` }] });
    peer.createDataChannel('x');
    let found = 0;
    peer.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) found += 1;
    };
    await peer.setLocalDescription(await peer.createOffer());
    await settle((done) => {
      peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && done('complete');
    });
    peer.close();
    return found;
  };
  // It is only queued and says nothing more: the server counts what arrives.
  navigator.sendBeacon(`http://${host}/beacon`);
  return {
    fetch: await fetch(`http://${host}/`, { mode: 'no-cors' }).then(
      () => 'answered',
      () => 'refused',
    ),
    xhr: await settle((done) => {
      const request = new XMLHttpRequest();
      request.onload = () => done('loaded');
      request.onerror = () => done('refused');
      request.open('GET', `http://${host}/`);
      request.send();
    }),
    webSocket: await settle((done) => {
      const socket = new WebSocket(`ws://${host}/`);
      socket.onopen = () => done('opened');
      socket.onerror = () => done('refused');
    }),
    eventSource: await settle((done) => {
      const source = new EventSource(`http://${host}/`);
      source.onopen = () => done('opened');
      source.onerror = () => {
        source.close();
        done('refused');
      };
    }),
    image: await element('img', `http://${host}/a.png`),
    stylesheet: await element('link', `http://${host}/a.css`),
    worker: await settle((done) => {
      const worker = new Worker(`http://${host}/w.js`);
      worker.onmessage = () => done('ran');
      worker.onerror = () => done('refused');
    }),
    webTransport: await settle((done) => {
      const transport = new WebTransport(`https://${host}/`);
      transport.ready.then(
        () => done('opened'),
        () => done('refused'),
      );
    }),
    candidates: await candidates(),
  };
}

import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { downloadOfficial } from './electron-official.mjs';

const VERSION = '45.4.1';

describe('the official release of Electron', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'official-'));
    // Neither a proxy nor a download that this machine has kept already.
    for (const name of ['HTTPS_PROXY', 'https_proxy']) vi.stubEnv(name, undefined);
    vi.stubEnv('electron_config_cache', join(folder, 'cache'));
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is given up when its host takes the connection and never answers', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    vi.stubEnv('ELECTRON_MIRROR', `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
    await expect(downloadOfficial(VERSION, join(folder, 'runtime'), 300)).rejects.toThrow(
      'no data for 0.3 s',
    );
    expect(sockets.length).toBeGreaterThan(0);
    expect(readdirSync(folder)).not.toContain('runtime');
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('is given up at once when its host refuses', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    vi.stubEnv('ELECTRON_MIRROR', `http://127.0.0.1:${port}/`);
    await expect(downloadOfficial(VERSION, join(folder, 'runtime'), 60_000)).rejects.toThrow();
  });
});

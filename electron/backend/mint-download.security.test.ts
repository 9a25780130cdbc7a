import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMintDownload } from './mint-download.ts';

const BYTES = 'serial,code\nACME-000001,secret\n';
const SHA = createHash('sha256').update(BYTES).digest('hex');
const REQUEST = { exportId: 'mex_0123456789abcdefghjkmnpqrs', batchName: 'Spring' };

let server: Server;
let folder = '';
let status = 200;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sp-'));
  status = 200;
  server = createServer((_request, response) => response.writeHead(status).end(BYTES));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function bench(change: { state?: string; sha256?: string; url?: string; path?: null } = {}) {
  const called: string[] = [];
  const made = { state: 'ready', format: 'csv', sha256: SHA, ...change };
  const download = createMintDownload({
    client: {
      call: async ({ route }) => {
        called.push(route);
        const url = change.url ?? '/api/v1/minting/exports/x/download?signature=s';
        return { status: 200, body: route === 'mint-exports.link' ? { url } : { export: made } };
      },
    },
    publicOrigin: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    chooseFile: async (name) => (change.path === null ? null : join(folder, name)),
  });
  return { download, called };
}

describe('a download of an export', () => {
  it('goes to the disk, readable by its owner only, and answers with no byte and no address', async () => {
    const path = join(folder, `${REQUEST.exportId}.csv`);
    expect(await bench().download(REQUEST)).toEqual({
      ...{ state: 'saved', path, bytes: BYTES.length, sha256: SHA },
    });
    expect(readFileSync(path, 'utf8')).toBe(BYTES);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing behind when the bytes are others than the service made, or are refused', async () => {
    await expect(bench({ sha256: '0'.repeat(64) }).download(REQUEST)).rejects.toMatchObject({
      code: 'request-failed',
    });
    status = 403;
    await expect(bench().download(REQUEST)).rejects.toMatchObject({ code: 'request-failed' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('follows no address outside of the service', async () => {
    const { download } = bench({ url: 'https://elsewhere.example/file' });
    await expect(download(REQUEST)).rejects.toMatchObject({ code: 'request-failed' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('asks for no signature before there is a file and a place for it', async () => {
    const early = bench({ state: 'writing' });
    await expect(early.download(REQUEST)).rejects.toMatchObject({ code: 'request-failed' });
    const nowhere = bench({ path: null });
    expect(await nowhere.download(REQUEST)).toMatchObject({ state: 'none' });
    expect([...early.called, ...nowhere.called]).not.toContain('mint-exports.link');
  });
});

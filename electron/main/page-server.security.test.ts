import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listPages, servePages } from './page-server.ts';

let folder = '';
let serve: ReturnType<typeof servePages>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-pages-'));
  const root = join(folder, 'renderer');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.js'), 'secret');
  writeFileSync(join(root, 'index.html'), '<!doctype html>');
  writeFileSync(join(root, 'trusted.html'), 'trusted');
  writeFileSync(join(root, 'assets', 'app.js'), 'export {}');
  writeFileSync(join(root, 'assets', 'app.js.map'), 'source');
  serve = servePages(listPages(root, 'index.html'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const get = (url: string, method = 'GET') => serve({ url, method });

describe('the pages of a session', () => {
  it('are served with their type and the whole policy', async () => {
    const answer = await get('app://sallyport/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const script = await get('app://sallyport/assets/app.js?v=1');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await script.text()).toBe('export {}');
  });

  it.each([
    'app://sallyport/../secret.js',
    'app://sallyport/%2e%2e/secret.js',
    'app://sallyport/..%2fsecret.js',
    'app://sallyport/assets/..%5c..%5csecret.js',
    'app://sallyport//etc/passwd',
    'app://sallyport/assets/',
    'app://sallyport/assets',
    'app://sallyport/assets/app.js.map',
    'app://sallyport/assets/app.js%00.html',
    'app://sallyport/trusted.html',
    'app://sallyport/__proto__',
    'app://other/index.html',
    'app://sallyport:1/index.html',
  ])('are all there is: %s', async (url) => {
    const answer = await get(url);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await answer.text()).toBe('');
  });

  it('are read, never written', async () => expect((await get('app://sallyport/', 'POST')).status).toBe(405));

  it('are none when nothing was built', () =>
    expect(listPages(join(folder, 'absent'), 'index.html').size).toBe(0));
});

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRotatingFile } from './rotating-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('rotating file', () => {
  it('keeps two files within their size, for this user only', () => {
    const path = join(folder, 'a.log');
    const before = process.umask(0);
    const log = openRotatingFile(path, 10);
    for (const line of ['11111111\n', '22222222\n', '33333333\n']) log.write(line);
    log.close();
    process.umask(before);
    expect([readFileSync(path, 'utf8'), readFileSync(`${path}.1`, 'utf8')]).toEqual([
      '33333333\n',
      '22222222\n',
    ]);
    for (const file of [path, `${path}.1`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('goes on where it stopped, and writes nothing once closed', () => {
    const path = join(folder, 'a.log');
    const first = openRotatingFile(path);
    first.write('a\n');
    first.close();
    first.write('lost\n');
    const second = openRotatingFile(path);
    second.write(new TextEncoder().encode('b\n'));
    second.close();
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
    expect(existsSync(`${path}.1`)).toBe(false);
  });
});

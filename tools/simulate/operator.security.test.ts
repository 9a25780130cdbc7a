import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OperatorFile } from '../../shared/http/operator-file.ts';
import { SimulateError } from './errors.ts';
import { openOperator } from './operator.ts';
import { newKeyPair } from './operator-key.ts';
import { readOperatorFile, writeOperatorFile } from './operator-store.ts';

let folder = '';
const path = () => join(folder, 'operator.json');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operator-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file: OperatorFile = {
  version: 1,
  adminOrigin: 'http://127.0.0.1:9',
  adminSocket: null,
  adminToken: 't'.repeat(43),
  name: 'simulator',
  enrolmentCode: null,
  key: newKeyPair(),
};

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof SimulateError ? error.code : 'another error'),
  );

describe('an operator file that others can read', () => {
  it('is not used', async () => {
    await writeOperatorFile(path(), file);
    expect(await readOperatorFile(path())).toEqual(file);
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(path(), mode);
      expect(await codeOf(readOperatorFile(path()))).toBe('operator-file');
    }
  });

  it('is never written', async () => {
    const before = process.umask(0);
    try {
      await writeFile(path(), 'older', { mode: 0o600 });
      await writeOperatorFile(path(), file);
    } finally {
      process.umask(before);
    }
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(await readFile(path(), 'utf8')).toContain(file.adminToken);
  });
});

describe('an operator file that leads to another host', () => {
  it('is refused before its token is sent', async () => {
    await writeOperatorFile(path(), { ...file, adminOrigin: 'https://collector.example' });
    expect(await codeOf(openOperator(path(), 'http://127.0.0.1:9'))).toBe('operator-elsewhere');
  });

  it('is accepted on the host that was named', async () => {
    await writeOperatorFile(path(), file);
    const operator = await openOperator(path(), 'http://127.0.0.1:9');
    expect(operator.name).toBe('simulator');
    await operator.close();
  });
});

describe('an operator file that is none', () => {
  it('is refused: absent, not JSON, neither code nor key', async () => {
    expect(await codeOf(readOperatorFile(path()))).toBe('operator-file');
    await writeFile(path(), '{', { mode: 0o600 });
    expect(await codeOf(readOperatorFile(path()))).toBe('operator-file');
    await writeOperatorFile(path(), { ...file, key: null });
    expect(await codeOf(openOperator(path(), 'http://127.0.0.1:9'))).toBe('operator-file');
  });
});

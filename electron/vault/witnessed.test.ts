import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createVault, disposableDirectory, PASSPHRASE, vaultAt } from '../../tests/fixtures/vault.ts';
import { PREVIOUS_FILE, VAULT_FILE } from './files.ts';
import { rekey } from './rekey.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 60_000 });

const open = (path: string) => vaultAt(path).unlock(PASSPHRASE, { acceptOlder: false });
const record = (text: string) => Buffer.from(text, 'utf8');
const said = (bytes: Buffer | null) => bytes?.toString('utf8') ?? null;

describe('what a vault keeps of the log', () => {
  it('is the last record, across restarts and a re-key, under the same witness key', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    const first = await open(directory.path);
    expect(first.holdings.witnessed()).toBeNull();
    await first.holdings.keepWitnessed(record('head of 10'));
    await first.holdings.keepWitnessed(record('head of 20'));
    const second = await open(directory.path);
    expect(said(second.holdings.witnessed())).toBe('head of 20');
    expect(second.holdings.list().filter(({ type }) => type === 'witness-record')).toHaveLength(1);
    const fresh = await (await rekey(second.holdings, PASSPHRASE)).commit();
    expect(said(fresh.holdings.witnessed())).toBe('head of 20');
    await fresh.holdings.keepWitnessed(record('head of 30'));
    const third = await open(directory.path);
    expect(said(third.holdings.witnessed())).toBe('head of 30');
    expect(third.witnessKey.publicKey).toBe(first.witnessKey.publicKey);
    expect(third.witnessKey.publicKey).not.toBe(third.operatorKey.publicKey);
  });

  it('is readable in no file, and another vault has another witness', async () => {
    await using directory = await disposableDirectory();
    await using elsewhere = await disposableDirectory();
    await createVault(directory.path);
    await createVault(elsewhere.path);
    const [here, there] = [await open(directory.path), await open(elsewhere.path)];
    await here.holdings.keepWitnessed(record('plain-words-of-a-head'));
    for (const name of [VAULT_FILE, PREVIOUS_FILE])
      expect(await readFile(join(directory.path, name), 'utf8')).not.toContain('plain-words');
    expect(here.witnessKey.publicKey).not.toBe(there.witnessKey.publicKey);
  });

  it('that was written while new keys were made is not lost: the new vault does not take its place', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    const { holdings } = await open(directory.path);
    const pending = await rekey(holdings, PASSPHRASE);
    await holdings.keepWitnessed(record('head of 40'));
    await expect(pending.commit()).rejects.toMatchObject({ code: 'write-failed' });
    expect(said((await open(directory.path)).holdings.witnessed())).toBe('head of 40');
  });
});

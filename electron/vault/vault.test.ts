import * as nodeFs from 'node:fs/promises';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { fakeKeychain } from '../../tests/fixtures/keychain.ts';
import {
  createVault,
  disposableDirectory,
  PASSPHRASE,
  testClock,
  vaultAt,
} from '../../tests/fixtures/vault.ts';
import { PREVIOUS_FILE, VAULT_FILE } from './files.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 30_000 });

const CURRENT_ONLY = { acceptOlder: false };
const ACCEPT_OLDER = { acceptOlder: true };
const NEW_PASSPHRASE = 'another long passphrase';

describe('creation', () => {
  it('makes a vault that opens with its passphrase and the keychain, and yields handles', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    const vault = vaultAt(directory.path, { keychain });
    expect(await vault.inspect()).toMatchObject({ state: 'locked', keychain: 'system', warnings: [] });
    const open = await vault.unlock(PASSPHRASE, CURRENT_ONLY);
    expect(open).toMatchObject({ items: 2, generation: 2, protection: 'passphrase-and-keychain' });
    expect(open.operatorKey.keyId).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(open.operatorKey.sign(Buffer.from('x'))).toHaveLength(64);
    expect(open.serviceRoot.keysFor('api').process).toBe('api');
  });

  it('gives the same key and the same service keys at every unlock', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    const [first, second] = [
      await vaultAt(directory.path, { keychain }).unlock(PASSPHRASE, CURRENT_ONLY),
      await vaultAt(directory.path, { keychain }).unlock(PASSPHRASE, CURRENT_ONLY),
    ];
    expect(second.operatorKey.publicKey).toBe(first.operatorKey.publicKey);
    expect(second.serviceRoot.keysFor('database')).toEqual(first.serviceRoot.keysFor('database'));
  });

  it('leaves nothing on disk or in the keychain until the code is confirmed', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    const pending = await vaultAt(directory.path, { keychain }).create(PASSPHRASE, { startAnew: false });
    expect(await readdir(directory.path)).toEqual([]);
    expect(keychain.entries.size).toBe(0);
    pending.discard();
    expect(await vaultAt(directory.path, { keychain }).inspect()).toMatchObject({ state: 'absent' });
  });

  it('falls to passphrase-only without a keychain, and says so', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    const vault = vaultAt(directory.path);
    const { warnings, keychain } = await vault.inspect();
    expect(keychain).toBe('missing');
    expect(warnings.join(' ')).toContain('passphrase-only');
    expect(warnings.join(' ')).toContain('cannot be detected');
    expect((await vault.unlock(PASSPHRASE, CURRENT_ONLY)).protection).toBe('passphrase-only');
  });

  it('refuses where a vault is, and a passphrase that is too short', async () => {
    await using directory = await disposableDirectory();
    await expect(vaultAt(directory.path).create('elevenchars', { startAnew: false })).rejects.toMatchObject({
      code: 'passphrase-too-short',
    });
    await createVault(directory.path);
    await expect(vaultAt(directory.path).create(PASSPHRASE, { startAnew: true })).rejects.toMatchObject({
      code: 'vault-exists',
    });
  });

  it('can be confirmed again after a write that failed, at any of its writes', async () => {
    for (const healthyWrites of [0, 1]) {
      await using directory = await disposableDirectory();
      let writes = 0;
      let full = true;
      const rename: typeof nodeFs.rename = async (from, to) => {
        if (String(to).endsWith(VAULT_FILE)) writes += 1;
        if (full && writes > healthyWrites) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
        return nodeFs.rename(from, to);
      };
      const given = { fs: { ...nodeFs, rename } };
      const pending = await vaultAt(directory.path, given).create(PASSPHRASE, { startAnew: false });
      await expect(pending.commit()).rejects.toMatchObject({ code: 'write-failed' });
      full = false;
      expect((await pending.commit()).generation).toBe(2);
      await vaultAt(directory.path).unlock(PASSPHRASE, CURRENT_ONLY);
    }
  });

  it('writes 0600 files in a 0700 directory under any umask', async () => {
    for (const umask of [0o000, 0o277]) {
      await using directory = await disposableDirectory();
      const before = process.umask(umask);
      try {
        await createVault(directory.path);
      } finally {
        process.umask(before);
      }
      expect((await stat(directory.path)).mode & 0o777).toBe(0o700);
      for (const name of await readdir(directory.path))
        expect([name, (await stat(join(directory.path, name))).mode & 0o777]).toEqual([name, 0o600]);
    }
  });
});

describe('unlocking', () => {
  it('says wrong and no more, then makes the next attempts wait, across restarts', async () => {
    await using directory = await disposableDirectory();
    const given = { clock: testClock() };
    await createVault(directory.path, given);
    for (let i = 0; i < 3; i += 1)
      await expect(
        vaultAt(directory.path, given).unlock('not the passphrase', CURRENT_ONLY),
      ).rejects.toMatchObject({
        code: 'wrong-passphrase',
        message: 'Wrong passphrase.',
      });
    await expect(vaultAt(directory.path, given).unlock(PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({
      code: 'too-many-attempts',
      waitSeconds: 1,
    });
    given.clock.advance(1);
    const vault = vaultAt(directory.path, given);
    await vault.unlock(PASSPHRASE, CURRENT_ONLY);
    expect(await vault.waitSeconds()).toBe(0);
  });

  it('tells a keychain that is away from one that lost its half', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    await expect(vaultAt(directory.path).unlock(PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({
      code: 'keychain-missing',
    });
    keychain.entries.clear();
    await expect(
      vaultAt(directory.path, { keychain }).unlock(PASSPHRASE, CURRENT_ONLY),
    ).rejects.toMatchObject({
      code: 'keychain-half-missing',
    });
  });

  it('finds a keychain that comes back without a restart', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    keychain.mood = 'refuses';
    const vault = vaultAt(directory.path, { keychain });
    expect(await vault.inspect()).toMatchObject({ keychain: 'missing' });
    await expect(vault.unlock(PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({ code: 'keychain-missing' });
    keychain.mood = 'answers';
    expect((await vault.unlock(PASSPHRASE, CURRENT_ONLY)).items).toBe(2);
  });
});

describe('recovery', () => {
  it('sets a new passphrase, root and code around the same key', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    const code = await createVault(directory.path, { keychain });
    const before = await vaultAt(directory.path, { keychain }).unlock(PASSPHRASE, CURRENT_ONLY);
    const pending = await vaultAt(directory.path, { keychain }).recover(
      { code: code },
      NEW_PASSPHRASE,
      CURRENT_ONLY,
    );
    expect(pending.recoveryCode).not.toBe(code);
    const after = await pending.commit();
    expect(after.operatorKey.publicKey).toBe(before.operatorKey.publicKey);
    const vault = vaultAt(directory.path, { keychain });
    await expect(vault.unlock(PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({ code: 'wrong-passphrase' });
    await expect(vault.recover({ code: code }, NEW_PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({
      code: 'wrong-recovery-code',
    });
    expect((await vault.unlock(NEW_PASSPHRASE, CURRENT_ONLY)).generation).toBe(4);
    // One half of the new slot and one counter: the half of the replaced slot is gone.
    expect([...keychain.entries.keys()]).toHaveLength(2);
  });

  it('changes nothing until the new code is confirmed', async () => {
    await using directory = await disposableDirectory();
    const code = await createVault(directory.path);
    const bytes = await readFile(join(directory.path, VAULT_FILE));
    (await vaultAt(directory.path).recover({ code: code }, NEW_PASSPHRASE, CURRENT_ONLY)).discard();
    expect((await readFile(join(directory.path, VAULT_FILE))).equals(bytes)).toBe(true);
    await vaultAt(directory.path).unlock(PASSPHRASE, CURRENT_ONLY);
  });

  it('opens a vault whose keychain is gone, as the downgrade that it then is', async () => {
    await using directory = await disposableDirectory();
    const code = await createVault(directory.path, { keychain: fakeKeychain() });
    const open = await (
      await vaultAt(directory.path).recover({ code: code }, NEW_PASSPHRASE, CURRENT_ONLY)
    ).commit();
    expect(open.protection).toBe('passphrase-only');
  });

  it('does not count a typing mistake as an attempt', async () => {
    await using directory = await disposableDirectory();
    const code = await createVault(directory.path);
    const typo = code.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'));
    const vault = vaultAt(directory.path);
    for (let i = 0; i < 5; i += 1)
      await expect(vault.recover({ code: typo }, NEW_PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({
        code: 'wrong-recovery-code',
        message: expect.stringContaining('Group 1'),
      });
    expect(await vault.waitSeconds()).toBe(0);
  });
});

describe('a lost vault file', () => {
  const losses = [
    ['deleted', (path: string) => rm(path)],
    ['truncated to half', (path: string) => truncate(path, 400)],
    ['emptied', (path: string) => truncate(path, 0)],
    ['overwritten with noise', (path: string) => writeFile(path, Buffer.alloc(3000, 0xa5))],
    ['replaced by a folder', (path: string) => rm(path).then(() => mkdir(path))],
  ] as const;

  it.each(losses)(
    '%s is said, and the generation before it opens when the user goes on with it',
    async (_, lose) => {
      await using directory = await disposableDirectory();
      const keychain = fakeKeychain();
      await createVault(directory.path, { keychain });
      await lose(join(directory.path, VAULT_FILE));
      const vault = vaultAt(directory.path, { keychain });
      const seen = await vault.inspect();
      expect(seen).toMatchObject({ state: 'damaged', previous: { generation: 1 } });
      await expect(vault.unlock(PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({
        code: expect.stringMatching(/^vault-(absent|damaged)$/),
      });
      await expect(vault.create(PASSPHRASE, { startAnew: false })).rejects.toMatchObject({
        code: 'vault-exists',
      });
      // Above the lost generation 2, so that the lost file cannot come back as the current one.
      expect((await vault.unlock(PASSPHRASE, ACCEPT_OLDER)).generation).toBe(3);
      expect(await vaultAt(directory.path, { keychain }).inspect()).toMatchObject({ state: 'locked' });
    },
  );

  it('that is damaged is moved aside, never deleted', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await writeFile(join(directory.path, VAULT_FILE), 'what is left of it');
    await vaultAt(directory.path).unlock(PASSPHRASE, ACCEPT_OLDER);
    const aside = (await readdir(directory.path)).find((name) => name.startsWith(`${VAULT_FILE}.damaged-`));
    expect(await readFile(join(directory.path, aside ?? ''), 'utf8')).toBe('what is left of it');
  });

  it('is remembered by the keychain even when both generations are gone', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    await rm(join(directory.path, VAULT_FILE));
    await rm(join(directory.path, PREVIOUS_FILE));
    expect(await vaultAt(directory.path, { keychain }).inspect()).toMatchObject({
      state: 'damaged',
      previous: null,
    });
    const pending = await vaultAt(directory.path, { keychain }).create(NEW_PASSPHRASE, { startAnew: true });
    await pending.commit();
    await vaultAt(directory.path, { keychain }).unlock(NEW_PASSPHRASE, CURRENT_ONLY);
  });

  it('is only called absent where no vault ever was', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await using other = await disposableDirectory();
    await createVault(other.path, { keychain });
    expect(await vaultAt(directory.path, { keychain }).inspect()).toMatchObject({ state: 'absent' });
  });

  it('that is damaged in both generations keeps every byte when the user starts anew', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await writeFile(join(directory.path, VAULT_FILE), 'one');
    await writeFile(join(directory.path, PREVIOUS_FILE), 'two');
    const pending = await vaultAt(directory.path).create(NEW_PASSPHRASE, { startAnew: true });
    await pending.commit();
    const names = await readdir(directory.path);
    expect(names.filter((name) => name.includes('.damaged-') || name.includes('.set-aside-'))).toHaveLength(
      2,
    );
    await vaultAt(directory.path).unlock(NEW_PASSPHRASE, CURRENT_ONLY);
  });
});

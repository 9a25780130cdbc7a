import { createHash, randomBytes } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { fakeKeychain } from '../../tests/fixtures/keychain.ts';
import {
  createVault,
  disposableDirectory,
  PASSPHRASE,
  TEST_COST,
  vaultAt,
} from '../../tests/fixtures/vault.ts';
import { buildNew } from './build.ts';
import { VAULT_FILE } from './files.ts';
import { decodeVault, encodeVault, type VaultContent } from './format.ts';
import { newItem, openItem } from './items.ts';
import { openEveryItem } from './opened.ts';
import { parseRecoveryCode } from './recovery-code.ts';
import { openRecoverySlot, type RecoverySlot } from './slots.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 30_000 });

const CURRENT_ONLY = { acceptOlder: false };

const built = () =>
  buildNew({
    passphrase: PASSPHRASE,
    cost: TEST_COST,
    random: randomBytes,
    withKeychain: false,
    writtenAt: '2026-01-02T03:04:05.000Z',
  });

/** What an attacker can do who can write the file and compute a checksum, but holds no key. */
const withChecksum = (bytes: Buffer): Buffer => {
  const text = bytes.toString('latin1');
  const body = text.slice(0, text.lastIndexOf('sha256 '));
  return Buffer.from(`${body}sha256 ${createHash('sha256').update(body).digest('hex')}\n`, 'latin1');
};

/** Everything that the recovery path checks, without the cost of Argon2 for each of thousands of files. */
function openAsRecovery(bytes: Buffer, code: string): void {
  const decoded = decodeVault(bytes);
  const slot = decoded.content.slots.find((s): s is RecoverySlot => s.kind === 'recovery');
  if (!slot) throw new Error('no recovery slot');
  const root = openRecoverySlot(slot, decoded.content.vaultId, parseRecoveryCode(code));
  decoded.authenticate(root);
  openEveryItem(decoded.content, root);
}

describe('attack: flip any byte of the file', () => {
  it('is damage, for every byte in turn and every bit of some', async () => {
    const { content, root } = await built();
    const bytes = encodeVault(content, root);
    for (let at = 0; at < bytes.length; at += 1)
      for (const mask of at % 97 === 0 ? [1, 2, 4, 8, 16, 32, 64, 128] : [1 << (at % 8)]) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (bytes[at] ?? 0) ^ mask;
        expect(() => decodeVault(flipped)).toThrowError(expect.objectContaining({ code: 'vault-damaged' }));
      }
  });

  it('is refused for every byte in turn when the checksum is computed again', async () => {
    const { content, root, recoveryCode } = await built();
    const bytes = encodeVault(content, root);
    openAsRecovery(bytes, recoveryCode);
    const end = bytes.lastIndexOf('sha256 ');
    for (let at = 0; at < end; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (bytes[at] ?? 0) ^ 1;
      expect(() => openAsRecovery(withChecksum(flipped), recoveryCode), `byte ${at}`).toThrowError();
    }
  });

  it('is refused for every length that the file can be cut to', async () => {
    const { content, root } = await built();
    const bytes = encodeVault(content, root);
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => decodeVault(bytes.subarray(0, length))).toThrowError(
        expect.objectContaining({ code: 'vault-damaged' }),
      );
  });
});

describe('attack: move records between items', () => {
  it('no two of a thousand open in each other’s place, and no key or nonce repeats', async () => {
    const { content, root } = await built();
    const material = { vaultId: content.vaultId, root, random: randomBytes };
    const items = Array.from({ length: 1000 }, () => newItem(material, 'service-root', content.writtenAt));
    expect(new Set(items.map((item) => item.secret.salt)).size).toBe(items.length);
    expect(new Set(items.map((item) => item.secret.nonce)).size).toBe(items.length);
    const misplaced = expect.objectContaining({ code: 'vault-damaged' });
    for (const [i, item] of items.entries()) {
      expect(openItem(root, content.vaultId, item)).toHaveLength(32);
      // Each item against ten others, spread over the whole list: ten thousand swaps.
      for (let step = 1; step <= 10; step += 1) {
        const other = items[(i + step * 97) % items.length] ?? item;
        const swapped = { ...item, secret: other.secret };
        expect(() => openItem(root, content.vaultId, swapped)).toThrowError(misplaced);
      }
    }
  });

  const changes: [string, (content: VaultContent) => VaultContent][] = [
    ['dropped', (c) => ({ ...c, items: c.items.slice(1) })],
    ['reordered', (c) => ({ ...c, items: c.items.toReversed() })],
    [
      'renamed to another type',
      (c) => ({ ...c, items: c.items.map((item) => ({ ...item, type: 'service-root' })) }),
    ],
    ['given another version', (c) => ({ ...c, items: c.items.map((item) => ({ ...item, version: 2 })) })],
    ['given a lower generation', (c) => ({ ...c, generation: c.generation + 1 })],
    ['stripped of its recovery slot', (c) => ({ ...c, slots: c.slots.filter((s) => s.kind !== 'recovery') })],
  ];

  it.each(changes)('a list that is %s no longer has its MAC', async (_, change) => {
    const { content, root } = await built();
    const line = JSON.stringify(change(content));
    const text = encodeVault(content, root).toString('latin1');
    const forged = withChecksum(Buffer.from(`${line}${text.slice(text.indexOf('\n'))}`, 'latin1'));
    expect(() => decodeVault(forged).authenticate(root)).toThrowError(
      expect.objectContaining({ code: 'vault-damaged' }),
    );
  });
});

describe('attack: put an older file back', () => {
  it('is a rollback where the keychain counted on, said before and at the unlock', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    const code = await createVault(directory.path, { keychain });
    const old = await readFile(join(directory.path, VAULT_FILE));
    const half = new Map(keychain.entries);
    await (
      await vaultAt(directory.path, { keychain }).recover(
        { code: code },
        'another long passphrase',
        CURRENT_ONLY,
      )
    ).commit();
    // The attacker restores the half of the old slot as well; only the counter stands in the way.
    for (const [name, value] of half)
      if (!name.startsWith('Sallyport vault generation')) keychain.entries.set(name, value);
    await writeFile(join(directory.path, VAULT_FILE), old);
    const vault = vaultAt(directory.path, { keychain });
    expect((await vault.inspect()).warnings.join(' ')).toContain('older');
    await expect(vault.unlock(PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({ code: 'vault-rolled-back' });
    expect((await vault.unlock(PASSPHRASE, { acceptOlder: true })).generation).toBe(5);
  });

  it('is called undetectable where there is no keychain', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    expect((await vaultAt(directory.path).inspect()).warnings.join(' ')).toContain('cannot be detected');
  });

  it('does not let a lost newer file return after an older one was adopted', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    const path = join(directory.path, VAULT_FILE);
    const lost = await readFile(path);
    await copyFile(join(directory.path, `${VAULT_FILE}.previous`), path);
    await vaultAt(directory.path, { keychain }).unlock(PASSPHRASE, { acceptOlder: true });
    await writeFile(path, lost);
    await expect(
      vaultAt(directory.path, { keychain }).unlock(PASSPHRASE, CURRENT_ONLY),
    ).rejects.toMatchObject({
      code: 'vault-rolled-back',
    });
  });

  it('does not pass while the keychain keeps its record to itself, and the recovery code still opens', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    const code = await createVault(directory.path, { keychain });
    await copyFile(join(directory.path, `${VAULT_FILE}.previous`), join(directory.path, VAULT_FILE));
    let silent = true;
    const partly = {
      ...keychain,
      getPassword: (service: string, account: string) =>
        silent && service === 'Sallyport vault generation'
          ? Promise.reject(new Error('locked'))
          : keychain.getPassword(service, account),
    };
    const vault = vaultAt(directory.path, { keychain: partly });
    await expect(vault.unlock(PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({ code: 'keychain-missing' });
    (await vault.recover({ code: code }, 'another long passphrase', CURRENT_ONLY)).discard();
    silent = false;
    await expect(vault.unlock(PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({ code: 'vault-rolled-back' });
  });

  it('says so when the keychain’s record is gone', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    for (const name of keychain.entries.keys())
      if (name.startsWith('Sallyport vault generation')) keychain.entries.delete(name);
    const vault = vaultAt(directory.path, { keychain });
    expect((await vault.inspect()).warnings.join(' ')).toContain('no record');
    await vault.unlock(PASSPHRASE, CURRENT_ONLY);
    expect((await vault.inspect()).warnings).toEqual([]);
  });
});

describe('attack: forge a file without the key', () => {
  it('with a right checksum and a wrong MAC is damage, and the generation before it is offered', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    const path = join(directory.path, VAULT_FILE);
    const text = (await readFile(path)).toString('latin1');
    await writeFile(
      path,
      withChecksum(Buffer.from(text.replace('"generation":2', '"generation":9'), 'latin1')),
    );
    const vault = vaultAt(directory.path);
    expect(await vault.inspect()).toMatchObject({ state: 'locked' });
    await expect(vault.unlock(PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({ code: 'vault-damaged' });
    expect(await vault.inspect()).toMatchObject({ state: 'damaged', previous: { generation: 1 } });
    expect((await vault.unlock(PASSPHRASE, { acceptOlder: true })).items).toBe(2);
  });

  it('cannot make Argon2 take more memory than the bounds allow', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    const path = join(directory.path, VAULT_FILE);
    const text = (await readFile(path)).toString('latin1');
    const greedy = text.replace('"memoryKib":65536', '"memoryKib":4194304');
    await writeFile(path, withChecksum(Buffer.from(greedy, 'latin1')));
    const vault = vaultAt(directory.path);
    expect(await vault.inspect()).toMatchObject({ state: 'damaged', previous: { generation: 1 } });
    await expect(vault.unlock(PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({ code: 'kdf-out-of-bounds' });
  });

  it('written by a newer version is named as that, not as damage', async () => {
    const { content, root } = await built();
    const text = encodeVault(content, root).toString('latin1').replace('"version":2', '"version":3');
    expect(() => decodeVault(withChecksum(Buffer.from(text, 'latin1')))).toThrowError(
      expect.objectContaining({ code: 'vault-newer' }),
    );
  });
});

describe('attack: open it with the keychain alone', () => {
  it('fails: no passphrase slot opens without its passphrase', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    for (const guess of ['', PASSPHRASE.slice(0, -1), `${PASSPHRASE} `])
      await expect(vaultAt(directory.path, { keychain }).unlock(guess, CURRENT_ONLY)).rejects.toMatchObject({
        code: 'wrong-passphrase',
      });
  });

  it('and the passphrase alone does not open a slot that needs the keychain', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    for (const name of keychain.entries.keys())
      if (name.startsWith('Sallyport vault key'))
        keychain.entries.set(name, randomBytes(32).toString('base64url'));
    await expect(
      vaultAt(directory.path, { keychain }).unlock(PASSPHRASE, CURRENT_ONLY),
    ).rejects.toMatchObject({
      code: 'wrong-passphrase',
    });
  });
});

describe('attack: read the file', () => {
  it('finds no passphrase, code, key or root in it', async () => {
    await using directory = await disposableDirectory();
    const code = await createVault(directory.path);
    const open = await vaultAt(directory.path).unlock(PASSPHRASE, CURRENT_ONLY);
    const text = (await readFile(join(directory.path, VAULT_FILE))).toString('latin1');
    const canaries = [
      PASSPHRASE,
      code,
      code.replaceAll('-', ''),
      open.operatorKey.publicKey,
      open.operatorKey.keyId,
    ];
    for (const canary of [...canaries, Buffer.from(PASSPHRASE).toString('base64url')])
      expect(text).not.toContain(canary);
  });
});

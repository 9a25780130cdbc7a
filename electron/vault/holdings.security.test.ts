import { createHash, randomBytes } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { fakeKeychain } from '../../tests/fixtures/keychain.ts';
import { createVault, disposableDirectory, PASSPHRASE, vaultAt } from '../../tests/fixtures/vault.ts';
import { VAULT_FILE } from './files.ts';
import { decodeVault, encodeVault, type VaultContent } from './format.ts';
import { keptItem, type NewSecret, newItem, openItem } from './items.ts';
import { makeRecoverySlot, makeSharesSlot, openRecoverySlot, openSharesSlot } from './slots.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 60_000 });

const AT = '2026-01-02T03:04:05.000Z';
const secretOf = (label: string, canary = false): NewSecret => ({
  ...{ type: 'note', label, canary },
  secret: Buffer.from(`value of ${label}`),
});

/** A vault with labelled secrets and shares, its root known, without the cost of Argon2. */
async function built() {
  const material = {
    vaultId: '00000000-0000-4000-8000-000000000001',
    root: randomBytes(32),
    random: randomBytes,
  };
  const shares = await makeSharesSlot(material, { threshold: 2, count: 3 });
  const kdf = {
    algorithm: 'argon2id',
    memoryKib: 65_536,
    passes: 3,
    lanes: 4,
    salt: 'A'.repeat(22),
  } as const;
  const { root: sealed } = makeRecoverySlot(material, randomBytes(20));
  const content: VaultContent = {
    ...{ format: 'sallyport-vault', version: 2, vaultId: material.vaultId, generation: 3, writtenAt: AT },
    slots: [
      { kind: 'passphrase-only', id: '00000000-0000-4000-8000-000000000002', kdf, root: sealed },
      shares.slot,
    ],
    items: [
      newItem(material, 'operator-key', AT),
      newItem(material, 'service-root', AT),
      keptItem(material, secretOf('one'), AT),
      keptItem(material, secretOf('two', true), AT),
    ],
  };
  return { ...material, content, words: shares.words, slot: shares.slot };
}

const withChecksum = (bytes: Buffer): Buffer => {
  const text = bytes.toString('latin1');
  const body = text.slice(0, text.lastIndexOf('sha256 '));
  return Buffer.from(`${body}sha256 ${createHash('sha256').update(body).digest('hex')}\n`, 'latin1');
};
const damage = expect.objectContaining({ code: 'vault-damaged' });

describe('attack: flip any byte of a vault with labels, a canary and shares', () => {
  it('is damage, with and without its checksum made right again', async () => {
    const { content, root } = await built();
    const bytes = encodeVault(content, root);
    const checksumAt = bytes.toString('latin1').lastIndexOf('sha256 ');
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (bytes[at] ?? 0) ^ (1 << (at % 7));
      expect(() => decodeVault(flipped)).toThrowError(damage);
      // A checksum is no proof: whoever can write the file can make it right.
      if (at < checksumAt)
        expect(() => decodeVault(withChecksum(flipped)).authenticate(root)).toThrowError(
          expect.objectContaining({ code: expect.stringMatching(/^vault-(damaged|newer)$/) }),
        );
    }
  });
});

describe('attack: move what is sealed, by one who can forge the header', () => {
  it('finds a record under another item, label or kind, and a canary that was disarmed', async () => {
    const { content, root, vaultId } = await built();
    const [, , one, two] = content.items;
    if (!one || !two) throw new Error('no items');
    const forged = [
      { ...one, secret: two.secret },
      { ...one, label: 'two' },
      { ...one, type: 'wallet-key' },
      { ...one, version: 2 },
      { ...one, canary: true as const },
      { ...two, canary: undefined },
      { ...one, id: two.id },
    ];
    for (const item of forged) expect(() => openItem(root, vaultId, item)).toThrowError(damage);
    const { label: _, ...nameless } = one;
    expect(() => openItem(root, vaultId, nameless)).toThrowError(damage);
  });

  it('opens no slot as another, and none with the root of another', async () => {
    const [ours, theirs] = [await built(), await built()];
    const [a = '', b = ''] = ours.words;
    expect((await openSharesSlot(ours.slot, ours.vaultId, [a, b])).equals(ours.root)).toBe(true);
    const wrong = { code: 'wrong-share' };
    await expect(openSharesSlot(theirs.slot, ours.vaultId, [a, b])).rejects.toMatchObject(wrong);
    const swapped = { ...ours.slot, root: theirs.slot.root };
    await expect(openSharesSlot(swapped, ours.vaultId, [a, b])).rejects.toMatchObject(wrong);
    const asCode = { kind: 'recovery' as const, id: ours.slot.id, root: ours.slot.root };
    expect(() => openRecoverySlot(asCode, ours.vaultId, randomBytes(20))).toThrowError(
      expect.objectContaining({ code: 'wrong-recovery-code' }),
    );
  });
});

describe('attack: put an older file back', () => {
  it('is named as a rollback after any change of the items, at the next unlock and in the open vault', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    const path = join(directory.path, VAULT_FILE);
    const old = `${path}.copy`;
    await copyFile(path, old);
    const { holdings } = await vaultAt(directory.path, { keychain }).unlock(PASSPHRASE, {
      acceptOlder: false,
    });
    await holdings.add([secretOf('one')]);
    await holdings.add([secretOf('two')]);
    await writeFile(path, await readFile(old));
    await expect(holdings.add([secretOf('three')])).rejects.toMatchObject({ code: 'write-failed' });
    await expect(
      vaultAt(directory.path, { keychain }).unlock(PASSPHRASE, { acceptOlder: false }),
    ).rejects.toMatchObject({ code: 'vault-rolled-back' });
  });
});

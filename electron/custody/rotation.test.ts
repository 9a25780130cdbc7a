import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import canonicalize from 'canonicalize';
import { describe, expect, it, vi } from 'vitest';
import { doNextStep, OFFLINE, openRotation, rotationOver } from '../../tests/fixtures/rotation.ts';
import { consoleOf, introduced } from '../../tests/fixtures/two-consoles.ts';
import { createVault, disposableDirectory, PASSPHRASE, vaultAt } from '../../tests/fixtures/vault.ts';
import { CustodyError } from './custody-error.ts';
import { readKey, writeKey } from './key-formats.ts';
import { Rotation } from './rotation.ts';
import { openPackage, parsePackage } from './sealed-package.ts';
import { identityOf, publicKeyOf } from './wallet-key.ts';

// Argon2id at 64 MiB and fsync are real here.
vi.setConfig({ testTimeout: 60_000 });

async function opened(directory: string) {
  await createVault(directory);
  const vault = await vaultAt(directory).unlock(PASSPHRASE, { acceptOlder: false });
  return { vault, rotation: rotationOver(directory, vault) };
}
const codeOf = (given: Promise<unknown>): Promise<string> =>
  given.then(
    () => 'accepted',
    (error: unknown) => (error instanceof CustodyError ? error.code : 'another error'),
  );
const toTheEnd = async (rotation: ReturnType<typeof rotationOver>): Promise<void> => {
  while (await doNextStep(rotation));
};

describe('a rotation', () => {
  it('takes the service from one wallet to the next, and destroys the former key only', async () => {
    await using directory = await disposableDirectory();
    const { vault, rotation } = await opened(directory.path);
    expect(await rotation.holder()).toBeNull();
    expect(await rotation.suppliedSeed()).toBeNull();
    await openRotation(rotation);
    await toTheEnd(rotation);
    const first = await rotation.holder();
    await openRotation(rotation);
    expect(await rotation.holder()).toEqual(first);
    await toTheEnd(rotation);
    const second = await rotation.holder();
    expect(second?.fingerprint).not.toBe(first?.fingerprint);
    const seed = await rotation.suppliedSeed();
    expect(seed && identityOf(publicKeyOf(seed)).fingerprint).toBe(second?.fingerprint);
    expect(vault.holdings.list().flatMap(({ id, type }) => (type === 'wallet-key' ? [id] : []))).toEqual([
      second?.item,
    ]);
    const folder = join(directory.path, 'custody');
    for (const name of await readdir(folder)) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(folder, name), 'utf8')).not.toContain(
        seed?.toString('base64url') ?? 'nothing',
      );
    }
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('writes nothing when it is looked at, and says when its journals cannot be read or written', async () => {
    await using directory = await disposableDirectory();
    const { vault, rotation } = await opened(directory.path);
    expect(await rotation.ceremonies()).toEqual([]);
    expect(await codeOf(rotation.seal(null))).toBe('step-refused');
    await expect(stat(join(directory.path, 'custody'))).rejects.toThrow();
    await writeFile(join(directory.path, 'custody'), 'in the way');
    expect(await codeOf(openRotation(rotation))).toBe('journal-unavailable');
    expect(await codeOf(rotationOver(directory.path, vault).ceremonies())).toBe('journal-unavailable');
    expect(vault.holdings.list().some(({ type }) => type === 'wallet-key')).toBe(false);
  });

  it('is off without a keychain, and one that is open is finished all the same', async () => {
    await using directory = await disposableDirectory();
    const { vault, rotation } = await opened(directory.path);
    const without = rotationOver(directory.path, vault, 'missing');
    expect(await codeOf(openRotation(without))).toBe('custody-off');
    expect(await without.ceremonies()).toEqual([]);
    await openRotation(rotation);
    const resumed = rotationOver(directory.path, vault, 'missing');
    await toTheEnd(resumed);
    expect((await resumed.ceremonies())[0]?.ended).toBe('recorded');
  });

  it('replaces a wallet that was imported, and keeps it from being removed by hand meanwhile', async () => {
    await using directory = await disposableDirectory();
    const { vault, rotation } = await opened(directory.path);
    const secret = Buffer.from(writeKey(randomBytes(32), 'phantom'));
    await vault.holdings.add([{ type: 'wallet-key', label: 'payer', canary: false, secret }]);
    const imported = vault.holdings.list().find(({ label }) => label === 'payer')?.id ?? '';
    await rotation.open('take over', imported);
    const item = (await rotation.ceremonies())[0]?.done.generated?.item ?? '';
    expect((await rotation.holder())?.item).toBe(imported);
    for (const held of [item, imported]) expect(await rotation.heldBy(held)).toContain('A rotation is using');
    await toTheEnd(rotation);
    expect(await rotation.heldBy(item)).toContain('pays with this wallet');
    expect(vault.holdings.list().some(({ id }) => id === imported)).toBe(false);
    expect(await rotation.heldBy('another')).toBeNull();
  });

  it('travels sealed to a recipient, is imported by its fingerprint alone, and then gives this service no key', async () => {
    await using directory = await disposableDirectory();
    const { vault, rotation } = await opened(directory.path);
    await openRotation(rotation);
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    const text = (await rotation.seal(recipient)) ?? '';
    expect(await rotation.package()).toBe(text);
    const [ceremony] = await rotation.ceremonies();
    const { keyId, publicKey } = vault.operatorKey;
    const content = await openPackage(text, identity, {
      ...{ ceremony: ceremony?.id ?? '', recipient, custodians: new Map([[keyId, publicKey]]) },
      wasImported: () => false,
    });
    const { fingerprint } = identityOf(publicKeyOf(readKey(Buffer.from(content).toString('utf8'))));
    expect(fingerprint).toBe(ceremony?.done.generated?.wallet.fingerprint);
    expect(parsePackage(text).signer).toBe(keyId);
    expect(await codeOf(rotation.imported('0'.repeat(64)))).toBe('step-refused');
    expect(await codeOf(rotation.imported(null))).toBe('step-refused');
    await rotation.imported(fingerprint);
    await rotation.beginHydration();
    expect(await rotation.suppliedSeed()).toBeNull();
  });

  it('puts the former key back before an abort counts', async () => {
    await using directory = await disposableDirectory();
    const { rotation } = await opened(directory.path);
    await openRotation(rotation);
    await toTheEnd(rotation);
    const first = await rotation.holder();
    await openRotation(rotation);
    for (let step = 0; step < 3; step += 1) await doNextStep(rotation);
    expect((await rotation.holder())?.fingerprint).not.toBe(first?.fingerprint);
    expect(await codeOf(rotation.abort('second thoughts', null))).toBe('step-refused');
    await rotation.revert();
    expect((await rotation.holder())?.fingerprint).toBe(first?.fingerprint);
    await rotation.abort('second thoughts', first?.fingerprint ?? null);
    expect((await rotation.holder())?.item).toBe(first?.item);
  });

  it('leaves a change log that anyone can verify, the same each time', async () => {
    await using directory = await disposableDirectory();
    const { vault, rotation } = await opened(directory.path);
    await openRotation(rotation);
    await toTheEnd(rotation);
    const [ceremony] = await rotation.ceremonies();
    const { text, digest } = await rotation.changeLog(ceremony?.id ?? '');
    expect(ceremony?.done.recorded?.changeLog).toBe(digest);
    const log = JSON.parse(text) as Record<'signer' | 'publicKey' | 'signature', string> & {
      journal: string[];
    };
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: vault.operatorKey.publicKey },
      format: 'jwk',
    });
    const signed = (journal: string[]) =>
      Buffer.from(canonicalize(['sallyport/change-log/v1', log.signer, log.publicKey, journal]) ?? '');
    const signature = Buffer.from(log.signature, 'base64url');
    expect(verify(null, signed(log.journal), key, signature)).toBe(true);
    expect(verify(null, signed(log.journal.slice(1)), key, signature)).toBe(false);
    expect(await codeOf(rotation.changeLog('another'))).toBe('step-refused');
  });
});

describe('a rotation to a wallet of two persons', () => {
  it('is not resumed as one person’s, nor as that of two others, and says what it made', async () => {
    await using directory = await disposableDirectory();
    const now = () => new Date();
    const [mina, omar, eve] = ['Mina', 'Omar', 'Eve'].map((name) => consoleOf(name, { now })) as [
      ReturnType<typeof consoleOf>,
      ReturnType<typeof consoleOf>,
      ReturnType<typeof consoleOf>,
    ];
    let isKilled = true;
    const rotationIn = (folder: string) =>
      new Rotation({
        ...{ folder: join(directory.path, folder), custodian: mina.custodian, now },
        random: (bytes) => {
          if (isKilled) throw new Error('killed');
          return randomBytes(bytes);
        },
        ...{ holdings: () => mina.second.holdings, shared: mina.second },
        ...{ keychain: async () => 'system' as const, wire: OFFLINE },
      });
    const [alone, ofTwo] = [rotationIn('alone'), rotationIn('two')];
    const persons = await introduced(mina, omar);
    await expect(alone.open('one', null)).rejects.toThrow('killed');
    await expect(ofTwo.open('two', null, persons)).rejects.toThrow('killed');
    isKilled = false;
    expect(await codeOf(alone.open('two', null, persons))).toBe('step-refused');
    expect(await codeOf(ofTwo.open('two', null, await introduced(mina, eve)))).toBe('step-refused');
    expect(mina.second.holdings.list().some(({ label }) => label?.startsWith('Wallet '))).toBe(false);
    expect((await alone.open('one', null)).persons).toBeNull();
    expect((await ofTwo.open('two', null, persons)).persons).toEqual(persons);
  });

  it.each(['before', 'after'] as const)(
    'that is killed %s its key is kept makes one key, for both, when it is resumed',
    async (when) => {
      await using directory = await disposableDirectory();
      const now = () => new Date();
      const [mina, omar] = [consoleOf('Mina', { now }), consoleOf('Omar', { now })];
      let kills = 1;
      const killed = (instant: typeof when): void => {
        if (instant === when && kills-- > 0) throw new Error('killed');
      };
      const started = () =>
        new Rotation({
          ...{ folder: directory.path, custodian: mina.custodian, now, random: randomBytes },
          holdings: () => mina.second.holdings,
          shared: {
            identityOf: (item) => mina.second.identityOf(item),
            end: () => mina.second.end(),
            keep: async (...given) => {
              killed('before');
              await mina.second.keep(...given);
              killed('after');
            },
          },
          keychain: async () => 'system',
          wire: OFFLINE,
        });
      await expect(started().open('two', null, await introduced(mina, omar))).rejects.toThrow('killed');
      // Somebody gives a key of their own the name that this one is found by.
      const [{ id } = { id: '' }] = await started().ceremonies();
      const secret = Buffer.from(writeKey(randomBytes(32), 'phantom'));
      const decoy = { type: 'wallet-key', label: `Wallet ${id}`, canary: false, secret } as const;
      await mina.second.holdings.add([decoy]);
      // Whoever resumes it is not asked again whose keys it needs: the journal says so.
      const { address } = await started().open('two', null);
      const kept = mina.second.holdings.list().filter(({ label }) => label?.startsWith('Wallet '));
      expect(kept.map(({ type }) => type).sort()).toEqual(['two-person-wallet', 'wallet-key']);
      const [ceremony] = await started().ceremonies();
      expect(mina.second.holdings.isShared(ceremony?.done.generated?.item ?? '')).toBe(true);
      expect(ceremony).toMatchObject({
        persons: { second: { name: 'Omar' } },
        done: { generated: { wallet: { address } } },
      });
      expect(await codeOf(started().seal(null))).toBe('step-refused');
      expect(await codeOf(started().seal(ceremony?.persons?.second.recipient ?? ''))).toBe('second-needed');
    },
  );
});

import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { codeOf } from '../../tests/fixtures/custody-error.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { VaultError } from '../vault/errors.ts';
import { CustodyError } from './custody-error.ts';
import { ImportedWallets } from './imports.ts';
import { readKey, writeKey } from './key-formats.ts';
import { throwAwayConsole } from './throw-away.ts';
import { SHARED_TYPE } from './two-person-wallet.ts';
import { identityOf, publicKeyOf } from './wallet-key.ts';

async function stage(keychain: 'system' | 'missing' = 'system') {
  const directory = await disposableDirectory();
  const now = () => new Date();
  const [mina, omar] = [throwAwayConsole('Mina', now), throwAwayConsole('Omar', now)];
  const [second, other] = [mina.second(), omar.second()];
  const { holdings, custodian } = mina;
  const deps = { folder: directory.path, custodian, now, second, keychain: async () => keychain };
  const told = { introduction: await other.introduction('Omar'), key: omar.custodian.publicKey };
  return {
    ...{ directory, deps, second, other, holdings },
    imports: () => new ImportedWallets({ ...deps, holdings: () => holdings }),
    /** A wallet key of one person's. @returns its item */
    async keep(seed: Buffer): Promise<string> {
      const secret = Buffer.from(writeKey(seed, 'phantom'));
      await holdings.add([{ type: 'wallet-key', label: 'payer', canary: false, secret }]);
      return holdings.list().at(-1)?.id ?? '';
    },
    persons: await second.meet('Mina', told, []),
    itemsOf: (type: string) => holdings.list().filter((item) => item.type === type),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

describe('a wallet that was there, under the keys of two persons', () => {
  it.each(['solana-cli', 'phantom', 'secrets-manager'] as const)('is taken from %s', async (format) => {
    await using here = await stage();
    const seed = randomBytes(32);
    const wallet = identityOf(publicKeyOf(seed));
    expect(await here.imports().take(writeKey(seed, format), here.persons)).toEqual(wallet);
    const [item] = here.itemsOf(SHARED_TYPE);
    const [made, ...others] = (await here.imports().all()).wallets;
    expect(others).toEqual([]);
    expect(made).toMatchObject({ wallet, item: item?.id, persons: here.persons, singles: [] });
    // Neither what was written nor the item says anything of the key.
    const [name = ''] = await readdir(here.directory.path);
    expect(await readFile(join(here.directory.path, name), 'utf8')).not.toContain(writeKey(seed, 'phantom'));
    expect(await codeOf(here.second.holdings.use(item?.id ?? '', 'reveal', () => 0))).toBe('second-needed');
    // It opens as every wallet of two persons does, and the second one reads that it was imported.
    const deed = { action: 'reveal' } as const;
    const { text, asked } = await here.second.ask(item?.id ?? '', deed);
    expect(asked.header.origin).toBe('imported');
    const answer = await here.other.approve(text);
    const opened = await here.second.during(item?.id ?? '', deed, answer, () =>
      here.second.holdings.use(item?.id ?? '', 'reveal', (secret) => readKey(secret.toString('utf8'))),
    );
    expect(opened).toEqual(seed);
  });

  it('remembers which items of the vault held the same key alone, and no others', async () => {
    await using here = await stage();
    const seed = randomBytes(32);
    const single = await here.keep(seed);
    await here.keep(randomBytes(32));
    await here.imports().take(writeKey(seed, 'solana-cli'), here.persons);
    expect((await here.imports().all()).wallets[0]?.singles).toEqual([single]);
  });

  it('is told from its item when the record is gone, altered or another’s', async () => {
    await using here = await stage();
    await here.imports().take(writeKey(randomBytes(32), 'phantom'), here.persons);
    const [before] = (await here.imports().all()).wallets;
    const [name = ''] = await readdir(here.directory.path);
    const path = join(here.directory.path, name);
    await writeFile(path, (await readFile(path, 'utf8')).replace(/"address": "./, '"address": "9'));
    const [after, ...more] = (await here.imports().all()).wallets;
    expect(more).toEqual([]);
    expect(after).toMatchObject({ id: before?.id, wallet: before?.wallet });
    // Written again, it is read and not made once more.
    expect(await here.imports().all()).toEqual({ wallets: [after], unread: [] });
  });

  it('is not taken for one when a rotation made it', async () => {
    await using here = await stage();
    await here.second.keep(randomBytes(32), crypto.randomUUID(), here.persons);
    expect(await here.imports().all()).toEqual({ wallets: [], unread: [] });
    expect(await readdir(here.directory.path).catch(() => [])).toEqual([]);
  });
});

describe('an item that cannot be looked at', () => {
  const full = () => new VaultError('write-failed', 'The journal of uses cannot be written.');
  const bad = () => new CustodyError('second-malformed', 'This is no wallet of two persons.');

  it('is named, and costs no other wallet its row; a look that opens is made once', async () => {
    await using here = await stage();
    const imports = here.imports();
    await imports.take(writeKey(randomBytes(32), 'phantom'), here.persons);
    await here.second.keep(randomBytes(32), crypto.randomUUID(), here.persons);
    const [, made] = here.itemsOf(SHARED_TYPE);
    const opened = vi.spyOn(here.second.holdings, 'shared').mockImplementation(async () => {
      throw bad();
    });
    for (let look = 0; look < 3; look += 1) {
      const { wallets, unread } = await imports.all();
      expect(wallets).toHaveLength(1);
      expect(unread).toEqual([{ label: made?.label, message: bad().message }]);
    }
    expect(opened).toHaveBeenCalledOnce();
  });

  it('is asked again when nothing was opened: the journal of uses may have room later', async () => {
    await using here = await stage();
    await here.second.keep(randomBytes(32), crypto.randomUUID(), here.persons, 'imported');
    const imports = here.imports();
    const opened = vi.spyOn(here.second.holdings, 'shared').mockRejectedValueOnce(full());
    expect(await imports.all()).toMatchObject({ wallets: [], unread: [{ message: full().message }] });
    expect(await imports.all()).toMatchObject({ wallets: [{ singles: [] }], unread: [] });
    await imports.all();
    expect(opened).toHaveBeenCalledTimes(2);
  });

  it('is opened once per unlock where no record can be kept, whoever looks how often', async () => {
    await using here = await stage();
    await here.keep(randomBytes(32));
    await here.second.keep(randomBytes(32), crypto.randomUUID(), here.persons, 'imported');
    await writeFile(here.directory.path, 'in the way');
    const imports = here.imports();
    const used = vi.spyOn(here.holdings, 'use');
    for (let look = 0; look < 3; look += 1) expect((await imports.all()).wallets).toHaveLength(1);
    expect(used).toHaveBeenCalledTimes(2);
  });
});

describe('what else opens an imported wallet', () => {
  const seed = randomBytes(32);

  it('is never left out of a record because it could not be looked at', async () => {
    await using here = await stage();
    const single = await here.keep(seed);
    const use = here.holdings.use;
    const failing = vi
      .spyOn(here.holdings, 'use')
      .mockImplementation((id, why, read) =>
        id === single ? Promise.reject(new VaultError('write-failed', 'full')) : use(id, why, read),
      );
    const { wallets, unread } = await here
      .imports()
      .take(writeKey(seed, 'phantom'), here.persons)
      .then(() => here.imports().all());
    expect(wallets).toHaveLength(1);
    expect(unread).toEqual([{ label: 'payer', message: 'full' }]);
    expect(await readdir(here.directory.path).catch(() => [])).toEqual([]);
    failing.mockRestore();
    expect((await here.imports().all()).wallets).toMatchObject([{ singles: [single] }]);
    expect(await readdir(here.directory.path)).toHaveLength(1);
  });

  it('is listed when it came after the import, and stays listed when it is gone', async () => {
    await using here = await stage();
    const imports = here.imports();
    await imports.take(writeKey(seed, 'phantom'), here.persons);
    expect((await imports.all()).wallets[0]?.singles).toEqual([]);
    const single = await here.keep(seed);
    await here.keep(randomBytes(32));
    for (const looking of [imports, here.imports()])
      expect((await looking.all()).wallets[0]?.singles).toEqual([single]);
    await here.holdings.remove(single);
    expect((await here.imports().all()).wallets[0]?.singles).toEqual([single]);
  });

  it('is not looked for once the wallet has been retired', async () => {
    await using here = await stage();
    await here.imports().take(writeKey(seed, 'phantom'), here.persons);
    await here.keep(seed);
    const used = vi.spyOn(here.holdings, 'use');
    expect((await here.imports().all(() => true)).wallets).toMatchObject([{ singles: [] }]);
    expect(used).not.toHaveBeenCalled();
  });
});

describe('attack: an import that must not be', () => {
  it('refuses no key, halves of two wallets, and a wallet that is there, and leaves nothing behind', async () => {
    await using here = await stage();
    const seed = randomBytes(32);
    const mixed = Buffer.concat([seed, publicKeyOf(randomBytes(32))]);
    expect(await codeOf(here.imports().take('[1,2]', here.persons))).toBe('key-malformed');
    expect(await codeOf(here.imports().take(JSON.stringify([...mixed]), here.persons))).toBe(
      'key-mismatched',
    );
    expect(here.itemsOf(SHARED_TYPE)).toEqual([]);
    await here.imports().take(writeKey(seed, 'phantom'), here.persons);
    expect(await codeOf(here.imports().take(writeKey(seed, 'solana-cli'), here.persons))).toBe(
      'step-refused',
    );
    expect(here.itemsOf(SHARED_TYPE)).toHaveLength(1);
  });

  it('refuses one person as two', async () => {
    await using here = await stage();
    const { first } = here.persons;
    const text = writeKey(randomBytes(32), 'phantom');
    expect(await codeOf(here.imports().take(text, { first, second: first }))).toBe('same-key');
    const again = { ...here.persons.second, name: 'MINA' };
    expect(await codeOf(here.imports().take(text, { first, second: again }))).toBe('same-person');
    expect(here.itemsOf(SHARED_TYPE)).toEqual([]);
  });

  it('refuses while custody is off', async () => {
    await using here = await stage('missing');
    expect(await codeOf(here.imports().take(writeKey(randomBytes(32), 'phantom'), here.persons))).toBe(
      'custody-off',
    );
    expect(here.itemsOf(SHARED_TYPE)).toEqual([]);
  });
});

import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../tests/fixtures/custody-error.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
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
    const [made, ...others] = await here.imports().all();
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
    const keep = (key: Buffer) => {
      const secret = Buffer.from(writeKey(key, 'phantom'));
      return here.holdings.add([{ type: 'wallet-key', label: 'payer', canary: false, secret }]);
    };
    await keep(seed);
    const [single] = here.itemsOf('wallet-key');
    await keep(randomBytes(32));
    await here.imports().take(writeKey(seed, 'solana-cli'), here.persons);
    expect((await here.imports().all())[0]?.singles).toEqual([single?.id]);
  });

  it('is told from its item when the record is gone, altered or another’s', async () => {
    await using here = await stage();
    await here.imports().take(writeKey(randomBytes(32), 'phantom'), here.persons);
    const [before] = await here.imports().all();
    const [name = ''] = await readdir(here.directory.path);
    const path = join(here.directory.path, name);
    await writeFile(path, (await readFile(path, 'utf8')).replace(/"address": "./, '"address": "9'));
    const [after, ...more] = await here.imports().all();
    expect(more).toEqual([]);
    expect(after).toMatchObject({ id: before?.id, wallet: before?.wallet });
    // Written again, it is read and not made once more.
    expect(await here.imports().all()).toEqual([after]);
  });

  it('is not taken for one when a rotation made it', async () => {
    await using here = await stage();
    await here.second.keep(randomBytes(32), crypto.randomUUID(), here.persons);
    expect(await here.imports().all()).toEqual([]);
    expect(await readdir(here.directory.path).catch(() => [])).toEqual([]);
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

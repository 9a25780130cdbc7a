import { randomBytes } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { groundOf } from '../../tests/fixtures/custody-ground.ts';
import {
  answered,
  asksNext,
  done,
  introduction,
  unlocked,
  windowFor,
} from '../../tests/fixtures/custody-windows.ts';
import { consoleOf } from '../../tests/fixtures/two-consoles.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { writeKey } from '../custody/key-formats.ts';
import { identityOf, publicKeyOf } from '../custody/wallet-key.ts';
import { importingForTwo } from './custody-import.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 60_000 });

it('takes in a wallet that was one person’s, lists what it came from, and lets a rotation replace it', async () => {
  await using here = await disposableDirectory();
  await using there = await disposableDirectory();
  await using mina = await unlocked(here.path);
  await using omar = await unlocked(there.path);
  const { values: of } = await introduction(omar, 'Omar');
  const seed = randomBytes(32);
  const { address } = identityOf(publicKeyOf(seed));
  const typed = { name: 'Mina', ...of, wallet: writeKey(seed, 'solana-cli') };
  const window = await windowFor(mina, { act: 'import-shared' });
  for (const [change, says] of [
    [{ key: randomBytes(32).toString('base64url') }, 'another key'],
    [{ name: 'OMAR' }, 'one person'],
    [{ wallet: '[1,2]' }, '64 bytes'],
  ] as const) {
    window.say({ type: 'ceremony-act', values: { ...typed, ...change } });
    expect((await window.inbox.next('error')).message).toContain(says);
  }
  expect(JSON.stringify((await asksNext(window, typed)).facts)).toContain(address);
  window.say({ type: 'ceremony-act', values: {} });
  const { state } = await answered(mina);
  const { item = '' } = state.shared[0] ?? {};
  expect(state.shared).toEqual([{ item, address, first: 'Mina', second: 'Omar', imported: true }]);
  expect(state.copies.map((copy) => `${copy.where} ${copy.state}`)).toEqual(['vault kept', 'outside kept']);
  expect(state.candidates).toMatchObject([{ item }]);
  const after = await done(mina, { act: 'open', reason: 'under two', former: item });
  expect(after.state.current).toMatchObject({ former: { address }, formerSecond: 'Omar' });
  expect(JSON.stringify(mina.main.all)).not.toContain(writeKey(seed, 'phantom'));
  expect(mina.failures).toEqual([]);
});

it('puts no wallet under a key that the service has revoked, and one under the same key in force', async () => {
  await using directory = await disposableDirectory();
  const now = () => new Date();
  const [mina, omar] = [consoleOf('Mina', { now }), consoleOf('Omar', { now })];
  const { ground } = groundOf(mina, { folder: directory.path, now });
  const of = { introduction: await omar.second.introduction('Omar'), key: omar.custodian.publicKey };
  const typed = { name: 'Mina', ...of, wallet: writeKey(randomBytes(32), 'solana-cli') };
  const judged = (state: 'active' | 'revoked') => {
    const known = [{ keyId: omar.custodian.keyId, name: 'Omar', state }];
    return importingForTwo({ act: 'import-shared', known }, ground).perform(typed);
  };
  await expect(judged('revoked')).rejects.toMatchObject({ code: 'second-revoked' });
  expect(ground.holdings.list()).not.toContainEqual(expect.objectContaining({ type: 'two-person-wallet' }));
  await (await judged('active')).next?.perform({});
  expect(ground.holdings.list()).toContainEqual(expect.objectContaining({ type: 'two-person-wallet' }));
});

import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accessKeyIn } from '../../tests/fixtures/aws-rotation.ts';
import { type AwsPeer, SECRET_ARN, startAwsPeer } from '../../tests/fixtures/secret-versions.ts';
import { consoleOf } from '../../tests/fixtures/two-consoles.ts';
import {
  createVault,
  type Disposable,
  disposableDirectory,
  PASSPHRASE,
  vaultAt,
} from '../../tests/fixtures/vault.ts';
import { ApprovedDeeds } from '../custody/approved-deeds.ts';
import { ImportedWallets } from '../custody/imports.ts';
import { PRIVATE_HALF } from '../custody/key-formats.ts';
import { Receiving } from '../custody/receiving.ts';
import { Rehearsals } from '../custody/rehearsals.ts';
import { Rotation } from '../custody/rotation.ts';
import { SecondOperator } from '../custody/second-operator.ts';
import type { OpenVault } from '../vault/opened.ts';
import { prepareAct } from './custody-acts.ts';
import { custodyState } from './custody-state.ts';
import type { WindowAct } from './protocol.ts';

// Argon2id at 64 MiB is real here.
vi.setConfig({ testTimeout: 60_000 });

let directory: Disposable;
let vault: OpenVault;
let peer: AwsPeer;
let rotation: Rotation;
let rehearsals: Rehearsals;
let receiving: Receiving;
let approved: ApprovedDeeds;
let imports: ImportedWallets;
let second: SecondOperator;
let credentials: string;
const told: unknown[] = [];

beforeEach(async () => {
  told.length = 0;
  directory = await disposableDirectory();
  await createVault(directory.path);
  vault = await vaultAt(directory.path).unlock(PASSPHRASE, { acceptOlder: false });
  peer = await startAwsPeer();
  credentials = await accessKeyIn(vault);
  const { operatorKey: custodian } = vault;
  const kept = { folder: `${directory.path}/custody`, custodian, now: () => new Date() };
  [rehearsals, approved] = [new Rehearsals(kept), new ApprovedDeeds(kept)];
  receiving = new Receiving({ folder: `${directory.path}/custody`, holdings: () => vault.holdings });
  second = new SecondOperator({
    ...{ custodian, receiving, holdings: () => vault.holdings },
    ...{ now: () => new Date(), random: randomBytes, record: async (_deed, anchor) => anchor },
  });
  imports = new ImportedWallets({
    ...{ custodian, second, folder: `${directory.path}/custody`, holdings: () => vault.holdings },
    ...{ now: () => new Date(), keychain: async () => 'system' },
  });
  rotation = new Rotation({
    folder: `${directory.path}/custody`,
    holdings: () => second.holdings,
    shared: second,
    custodian: vault.operatorKey,
    now: () => new Date(),
    random: (bytes) => Buffer.alloc(bytes, told.length + 7),
    keychain: async () => 'system',
    wire: peer.wire,
  });
});
afterEach(async () => {
  await peer.close();
  await directory[Symbol.asyncDispose]();
});

const NO_KEYS = { signersAt: async () => [], now: () => new Date() };

/** What a person sees of an act, and what comes of it. */
async function decided(act: WindowAct, values: Record<string, string> = {}) {
  const ground = {
    rotation,
    rehearsals,
    receiving,
    imports,
    approved,
    second,
    custodian: vault.operatorKey,
    holdings: vault.holdings,
    carried: NO_KEYS,
    tell: (message: unknown) => void told.push(message),
  };
  const { card, perform } = await prepareAct(act, ground);
  return { card, outcome: await perform(values) };
}
const state = () =>
  custodyState({ rotation, rehearsals, imports, second, approved }, vault.holdings, 'system');
const sealed = async () => {
  await decided({ act: 'open', reason: 'quarterly', former: null });
  return decided({ act: 'seal-aws', secret: SECRET_ARN, credentials });
};

describe('a rotation to AWS before a person', () => {
  it('shows the secret in full, its region and whose access key, and never a key', async () => {
    expect((await state()).accessKeys).toEqual([{ item: credentials, label: 'AWS importer' }]);
    const { card } = await sealed();
    const facts = Object.fromEntries(card.facts.map(({ label, value }) => [label, value]));
    expect(facts).toMatchObject({ Secret: SECRET_ARN, Region: 'eu-test-1', 'Access key': 'AWS importer' });
    const importing = await decided({ act: 'import' });
    expect(importing.outcome.say).toContain((await state()).current?.wallet?.fingerprint);
    const promoting = await decided({ act: 'hydrate' });
    expect(promoting.card.act).toBe('Move AWSCURRENT');
    expect(promoting.outcome).toMatchObject({ say: expect.stringContaining('Restart the service now') });
    const fingerprint = (await state()).current?.wallet?.fingerprint ?? '';
    const confirming = await decided(
      { act: 'hydrate' },
      { fingerprint: fingerprint.toUpperCase(), revoked: '2' },
    );
    expect(confirming.card.fields.map(({ name }) => name)).toEqual(['fingerprint', 'revoked']);
    const after = await state();
    expect(after).toMatchObject({
      holder: { way: 'aws' },
      current: { next: 'confirmed', secret: SECRET_ARN },
    });
    expect(after.copies).toContainEqual(
      expect.objectContaining({ where: 'aws', state: 'kept', detail: SECRET_ARN }),
    );
    const { [PRIVATE_HALF]: key } = JSON.parse(peer.versions.text('AWSCURRENT'));
    for (const secret of [key, 'test-secret-of-aws'])
      expect(JSON.stringify([after, told, card, importing, promoting, confirming])).not.toContain(secret);
  });

  it('asks to put the key in force again after AWS has refused it, and asks for a fingerprint only once it is', async () => {
    await sealed();
    await decided({ act: 'import' });
    peer.versions.denied.add('UpdateSecretVersionStage');
    await expect(decided({ act: 'hydrate' })).rejects.toMatchObject({ code: 'aws-refused' });
    peer.versions.denied.clear();
    const again = await decided({ act: 'hydrate' });
    expect(again.card).toMatchObject({ act: 'Move AWSCURRENT', fields: [] });
    expect(peer.versions.text('AWSCURRENT')).toContain(PRIVATE_HALF);
    const ground = {
      rotation,
      rehearsals,
      receiving,
      imports,
      approved,
      second,
      custodian: vault.operatorKey,
    };
    const next = { ...ground, holdings: vault.holdings, carried: NO_KEYS, tell: () => undefined };
    expect((await prepareAct({ act: 'hydrate' }, next)).card.act).toBe('Compare');
  });

  it('is confirmed only with the fingerprint that the restarted service shows', async () => {
    await sealed();
    await decided({ act: 'import' });
    await decided({ act: 'hydrate' });
    for (const values of [
      {},
      { fingerprint: 'c'.repeat(64), revoked: '2' },
      { fingerprint: 'x', revoked: 'many' },
    ])
      await expect(decided({ act: 'hydrate' }, values)).rejects.toMatchObject({ code: 'step-refused' });
    expect((await state()).current?.next).toBe('hydrated');
  });

  it('imports the key of two persons with the second one’s part, and not without', async () => {
    const omar = consoleOf('Omar', { now: () => new Date() });
    const introduction = await omar.second.introduction('Omar');
    const values = { name: 'Mina', introduction, key: omar.custodian.publicKey };
    const act = { act: 'open', reason: 'two', former: null, twoPersons: true } as const;
    await (await decided(act, values)).outcome.next?.perform({});
    await decided({ act: 'seal-aws', secret: SECRET_ARN, credentials });
    await expect(rotation.importToAws()).rejects.toMatchObject({ code: 'second-needed' });
    const { next } = (await decided({ act: 'import' })).outcome;
    const request = told.map((message) => (message as { text?: string }).text ?? '').at(-1) ?? '';
    expect(request).toContain(SECRET_ARN);
    const answer = await omar.second.approve(request);
    const done = await next?.perform({ answer });
    expect(done?.say).toContain((await state()).current?.wallet?.fingerprint);
    expect(peer.versions.text('AWSPENDING')).toContain(PRIVATE_HALF);
  });

  it('is not decided for a key that is not in the vault, nor for one that is none', async () => {
    await decided({ act: 'open', reason: 'quarterly', former: null });
    const other = { act: 'seal-aws', secret: SECRET_ARN, credentials: crypto.randomUUID() } as const;
    await expect(decided(other)).rejects.toMatchObject({ code: 'aws-refused' });
    const wallet = (await state()).current?.wallet?.item ?? '';
    await expect(decided({ ...other, credentials: wallet })).rejects.toMatchObject({ code: 'aws-refused' });
    expect((await state()).current?.next).toBe('sealed');
  });

  it('is aborted in its middle: what waits is taken back, and the copy counts as retired', async () => {
    await sealed();
    await decided({ act: 'import' });
    const { card } = await decided({ act: 'abort', reason: 'second thoughts' });
    expect(card.fields).toEqual([]);
    expect(peer.versions.with('AWSPENDING')).toBeNull();
    const { copies, current } = await state();
    expect(current).toBeNull();
    expect(copies).toContainEqual(expect.objectContaining({ where: 'aws', state: 'retired' }));
  });
});

describe('a rehearsal before a person', () => {
  it('says what went as it must, is in the change log as a rehearsal, and touches nothing that is real', async () => {
    const before = JSON.stringify([vault.holdings.list(), await rotation.ceremonies()]);
    const { card, outcome } = await decided({ act: 'rehearse' });
    expect(card.warning).toContain('This is a rehearsal');
    expect(outcome.say).toContain('17 of 17 went as they must');
    const {
      rehearsals: [rehearsed],
      copies,
      holder,
    } = await state();
    expect(rehearsed).toMatchObject({ passed: 17, failed: [] });
    expect({ copies, holder }).toEqual({ copies: [], holder: null });
    expect(JSON.stringify([vault.holdings.list(), await rotation.ceremonies()])).toBe(before);
    expect(peer.asked).toEqual([]);
    await decided({ act: 'rehearsal', rehearsal: rehearsed?.id ?? '' });
    expect(told.at(-1)).toMatchObject({ type: 'save-file', name: `rehearsal-${rehearsed?.id}.json` });
    const none = { act: 'rehearsal', rehearsal: crypto.randomUUID() } as const;
    await expect(decided(none)).rejects.toMatchObject({ code: 'step-refused' });
  });
});

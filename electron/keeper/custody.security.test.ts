import { randomBytes } from 'node:crypto';
import { base58 } from '@scure/base';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import decodeQR from 'qr/decode.js';
import { describe, expect, it, vi } from 'vitest';
import type { CustodyState } from '../../shared/ipc/custody.ts';
import { answered, ask, done, seen, unlocked, windowFor } from '../../tests/fixtures/custody-windows.ts';
import { TestKeeper } from '../../tests/fixtures/keeper.ts';
import { retirementProposal } from '../../tests/fixtures/retirement.ts';
import { createVault, disposableDirectory } from '../../tests/fixtures/vault.ts';
import { DEVNET_GENESIS } from '../custody/ceremony.ts';
import { parsePackage } from '../custody/sealed-package.ts';
import type { CustodyAsk } from './protocol.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 60_000 });

async function toHydration(keeper: TestKeeper, reason: string): Promise<CustodyState> {
  await done(keeper, { act: 'open', reason, former: null });
  await done(keeper, { act: 'seal' });
  const { state } = await done(keeper, { act: 'import' });
  expect((await done(keeper, { act: 'hydrate' })).restart).toBe(true);
  return state;
}

async function toSweep(keeper: TestKeeper, reason: string): Promise<CustodyState> {
  const state = await toHydration(keeper, reason);
  const fingerprint = state.current?.wallet?.fingerprint ?? '';
  await seen(keeper, { what: 'hydrated', evidence: { fingerprint, sessionsRevoked: 0 } });
  const confirmed = { genesisHash: DEVNET_GENESIS, version: '2', balance: '0' } as const;
  return seen(keeper, { what: 'confirmed', evidence: confirmed });
}

const EMPTY = { transactions: [], remaining: '0', tokenAccounts: 0 };

async function rotated(keeper: TestKeeper, reason: string): Promise<CustodyState> {
  await toSweep(keeper, reason);
  await seen(keeper, { what: 'swept', evidence: EMPTY });
  await done(keeper, { act: 'sunset', retirement: null });
  return (await done(keeper, { act: 'record' })).state;
}

async function apiSeed(keeper: TestKeeper): Promise<unknown> {
  const { near, far } = keeper.channel();
  const given = new Promise<{ keys: { payerSeed?: string } }>((resolve) => near.once('message', resolve));
  keeper.tell({ type: 'provide-keys', process: 'api' }, [far]);
  return (await given).keys.payerSeed ?? null;
}

describe('a rotation through the keeper', () => {
  it('goes from the first wallet to the second, and main never has a secret', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlocked(directory.path);
    expect(await apiSeed(keeper)).toBeNull();
    const first = await rotated(keeper, 'first');
    expect(keeper.main.all.filter(({ type }) => type === 'payer-key').at(-1)).toMatchObject({
      fingerprint: first.holder?.fingerprint,
    });
    const seed = await apiSeed(keeper);
    expect(seed).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const sweeping = await toSweep(keeper, 'second');
    const remains = {
      ...{
        blockhash: base58.encode(randomBytes(32)),
        lastValidBlockHeight: '9',
        lamports: '10000',
        tokens: [],
      },
    };
    const window = await windowFor(keeper, { act: 'sweep', remains });
    const card = window.inbox.all.find(({ type }) => type === 'ceremony');
    expect(JSON.stringify(card)).toContain(
      `0.000005000 SOL from ${first.holder?.address} to ${sweeping.current?.wallet?.address}`,
    );
    window.say({ type: 'ceremony-act', values: {} });
    const { transaction, state } = await answered(keeper);
    expect(state.current?.inFlight).toEqual([transaction?.signature]);
    await seen(keeper, {
      what: 'swept',
      evidence: { ...EMPTY, transactions: [transaction?.signature ?? ''] },
    });
    const wallets = { wallet: sweeping.current?.wallet, former: first.holder };
    const other = retirementProposal(wallets, { successor: 'c'.repeat(64) });
    for (const retirement of [null, other, { ...retirementProposal(wallets), approved: null }]) {
      ask(keeper, { what: 'act', act: { act: 'sunset', retirement } });
      expect((await keeper.main.next('custody-refused')).reason).toBe('refused');
    }
    const retirement = retirementProposal(wallets);
    const retired = await done(keeper, { act: 'sunset', retirement });
    expect(retired.state.copies).toContainEqual(
      expect.objectContaining({ address: first.holder?.address, where: 'vault', state: 'retired' }),
    );
    const { state: last } = await done(keeper, { act: 'record' });
    expect(last.ended.map(({ ended }) => ended)).toEqual(['recorded', 'recorded']);
    const copies = last.copies.filter(({ address }) => address === first.holder?.address);
    expect(copies).toMatchObject([{ where: 'vault', state: 'retired' }]);
    expect(await apiSeed(keeper)).not.toBe(seed);
    const log = keeper.main.all.filter(({ type }) => type === 'save-file').at(-1);
    expect(JSON.stringify(log)).toContain(retirement.digest);
    const said = JSON.stringify(keeper.main.all);
    for (const secret of [seed, Buffer.from(String(seed), 'base64url').toString('hex')])
      expect(said).not.toContain(String(secret));
    expect(keeper.failures).toEqual([]);
  });

  it('believes neither another cluster nor another fingerprint nor a step out of turn', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlocked(directory.path);
    await toHydration(keeper, 'first');
    const refused = async (what: CustodyAsk) => {
      ask(keeper, what);
      return (await keeper.main.next('custody-refused')).reason;
    };
    const evidence = { fingerprint: 'c'.repeat(64), sessionsRevoked: 0 };
    expect(await refused({ what: 'hydrated', evidence })).toBe('refused');
    expect(await refused({ what: 'swept', evidence: EMPTY })).toBe('refused');
    expect(await refused({ what: 'restored', reason: 'x', fingerprint: 'c'.repeat(64) })).toBe('refused');
    const genesisHash = 'another' as typeof DEVNET_GENESIS;
    expect(await refused({ what: 'confirmed', evidence: { genesisHash, version: '2', balance: '0' } })).toBe(
      'refused',
    );
  });

  it('hands a sealed package over as a file and as a QR code, and nothing of the key beside it', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlocked(directory.path);
    await done(keeper, { act: 'open', reason: 'first', former: null });
    const window = await windowFor(keeper, { act: 'seal' });
    const recipient = await identityToRecipient(await generateX25519Identity());
    window.say({ type: 'ceremony-act', values: { recipient } });
    const { text } = await keeper.main.next('save-file');
    const { qr = [] } = await window.inbox.next('task-done');
    const image = {
      width: qr.length * 4,
      height: qr.length * 4,
      data: new Uint8Array(qr.length * qr.length * 64),
    };
    for (let at = 0; at < image.width * image.height; at += 1) {
      const [x, y] = [Math.floor((at % image.width) / 4), Math.floor(at / image.width / 4)];
      image.data.fill(qr[y]?.[x] === '1' ? 0 : 255, at * 4, at * 4 + 4);
    }
    expect(decodeQR(image)).toBe(text.trim());
    expect(parsePackage(text).recipient).toBe(recipient);
    const comparing = await windowFor(keeper, { act: 'import' });
    comparing.say({ type: 'ceremony-act', values: { fingerprint: 'c'.repeat(64) } });
    expect(await comparing.inbox.next('error')).toMatchObject({ code: 'refused' });
    expect(await apiSeed(keeper)).toBeNull();
  });

  it('does nothing when the window is closed, and nothing that another window says', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlocked(directory.path);
    const window = await windowFor(keeper, { act: 'open', reason: 'first', former: null });
    const stranger = keeper.window('vault', 'another');
    stranger.say({ type: 'ceremony-act', values: {} });
    await stranger.inbox.next('error');
    window.say({ type: 'reveal-item' });
    await window.inbox.next('error');
    window.say({ type: 'close-task' });
    expect((await keeper.main.next('custody-refused')).reason).toBe('declined');
    expect((await seen(keeper, { what: 'state' })).current).toBeNull();
  });

  it('says that it is locked', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await new TestKeeper(directory.path).start();
    ask(keeper, { what: 'state' });
    expect((await keeper.main.next('custody-refused')).reason).toBe('locked');
  });

  it('opens a package of another custodian in its own window: first its words, then the vault, and only once', async () => {
    await using theirs = await disposableDirectory();
    await using ours = await disposableDirectory();
    await using sender = await unlocked(theirs.path);
    await using recipient = await unlocked(ours.path);
    const fresh = await windowFor(recipient, { act: 'receive' });
    const asked = fresh.inbox.all.find(({ type }) => type === 'ceremony');
    const [, to = ''] = /"(age1[a-z0-9]{58})"/.exec(JSON.stringify(asked)) ?? [];
    await done(sender, { act: 'open', reason: 'first', former: null });
    const sealing = await windowFor(sender, { act: 'seal' });
    sealing.say({ type: 'ceremony-act', values: { recipient: to } });
    const { text } = await sender.main.next('save-file');
    const { message } = await sealing.inbox.next('task-done');
    const [, ceremony = '', custodian = ''] = /rotation (\S+), custodian’s key (\S+)\.$/.exec(message) ?? [];
    const { current } = (await answered(sender)).state;
    const values = { package: text, ceremony, custodian };
    const stranger = randomBytes(32).toString('base64url');
    for (const wrong of [
      {},
      { ...values, custodian: stranger },
      { ...values, ceremony: crypto.randomUUID() },
      // Not to one character for all: a digest that begins with it would be no other one.
      {
        ...values,
        package: text.replace(/"digest":"(.)/, (_all, c) => `"digest":"${c === 'A' ? 'B' : 'A'}`),
      },
    ]) {
      fresh.say({ type: 'ceremony-act', values: wrong });
      expect(await fresh.inbox.next('error')).toMatchObject({ code: 'refused' });
    }
    fresh.say({ type: 'ceremony-act', values });
    const shown = JSON.stringify(await fresh.inbox.next('ceremony'));
    for (const fact of [ceremony, current?.wallet?.address ?? '', current?.wallet?.fingerprint ?? ''])
      expect(shown).toContain(fact);
    // Nothing has been taken over by looking.
    expect(recipient.main.has('custody-answer')).toBe(false);
    fresh.say({ type: 'ceremony-act', values: {} });
    const { candidates } = (await answered(recipient)).state;
    expect(candidates).toMatchObject([{ label: `Received ${ceremony}` }]);
    const again = await windowFor(recipient, { act: 'receive' });
    again.say({ type: 'ceremony-act', values });
    expect(await again.inbox.next('error')).toMatchObject({
      message: expect.stringContaining('imported before'),
    });
    expect(JSON.stringify(recipient.main.all)).not.toContain('AGE-SECRET-KEY');
    expect([sender.failures, recipient.failures]).toEqual([[], []]);
  });
});

import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { base58 } from '@scure/base';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import decodeQR from 'qr/decode.js';
import { describe, expect, it, vi } from 'vitest';
import {
  answered,
  ask,
  asksNext,
  done,
  introduction,
  savedAs,
  seen,
  unlocked,
  windowFor,
} from '../../tests/fixtures/custody-windows.ts';
import type { TestKeeper } from '../../tests/fixtures/keeper.ts';
import { retirementProposal } from '../../tests/fixtures/retirement.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { DEVNET_GENESIS } from '../custody/ceremony.ts';
import { keyIdOf } from '../custody/persons.ts';
import { parsePackage } from '../custody/sealed-package.ts';
import { qrOf } from './qr-code.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 60_000 });

const recipientOf = async (): Promise<string> => identityToRecipient(await generateX25519Identity());

/** What a camera reads from the rows. */
function read(rows: readonly string[] = []): string {
  const width = rows.length * 4;
  const image = { width, height: width, data: new Uint8Array(width * width * 4) };
  for (let at = 0; at < width * width; at += 1) {
    const dark = rows[Math.floor(at / width / 4)]?.[Math.floor((at % width) / 4)] === '1';
    image.data.fill(dark ? 0 : 255, at * 4, at * 4 + 4);
  }
  return decodeQR(image);
}

/** A rotation whose new wallet opens with both. */
async function opened(mina: TestKeeper, omar: TestKeeper) {
  const { values: of, qr } = await introduction(omar, 'Omar');
  const window = await windowFor(mina, { act: 'open', reason: 'two', former: null, twoPersons: true });
  const both = await asksNext(window, { name: 'Mina', ...of });
  expect(JSON.stringify(both)).toContain(keyIdOf(of.key));
  window.say({ type: 'ceremony-act', values: {} });
  const { state } = await answered(mina);
  return { state, of, qr };
}

/** The second operator reads the request and approves it. @returns the answer's file, and all that was shown */
async function approved(omar: TestKeeper, request: string) {
  const window = await windowFor(omar, { act: 'approve' });
  const shown = await asksNext(window, { request });
  expect(shown.title).toBe('This is what you approve');
  window.say({ type: 'ceremony-act', values: {} });
  const { qr } = await window.inbox.next('task-done');
  const { nonce } = JSON.parse(request);
  const answer = savedAs(omar, `answer-${nonce}.second`);
  return { answer, qr, warning: shown.warning, shown: JSON.stringify(shown.facts) };
}

/** Seals to a machine, with the second operator. */
async function sealed(mina: TestKeeper, omar: TestKeeper) {
  const recipient = await recipientOf();
  const window = await windowFor(mina, { act: 'seal' });
  const asking = await asksNext(window, { recipient });
  const request = savedAs(mina, '.second');
  const { answer, shown, qr } = await approved(omar, request);
  expect(shown).toContain(recipient);
  window.say({ type: 'ceremony-act', values: { answer } });
  const { state } = await answered(mina);
  return { state, recipient, answer, codes: [asking.qr, qr], files: [request, answer] };
}

describe('a wallet of two persons, from console to console', () => {
  it('is made, sealed and shown with both, by file and by QR code, and main never has a part of it', async () => {
    await using here = await disposableDirectory();
    await using there = await disposableDirectory();
    await using mina = await unlocked(here.path);
    await using omar = await unlocked(there.path);
    const { state, of, qr } = await opened(mina, omar);
    const address = state.current?.wallet?.address ?? '';
    expect(state.shared).toMatchObject([{ address, first: 'Mina', second: 'Omar' }]);
    const { recipient, codes, files, state: after } = await sealed(mina, omar);
    // What a camera reads is what the file says.
    for (const [at, text] of [of.introduction, ...files].entries())
      expect(read([qr, ...codes][at])).toBe(text.trim());
    expect(after.current).toMatchObject({ way: 'package', second: 'Omar', next: 'imported' });
    expect(parsePackage(savedAs(mina, '.sealed')).recipient).toBe(recipient);
    await done(mina, { act: 'change-log', ceremony: state.current?.id ?? '' });
    expect(savedAs(mina, '.change-log.json')).toContain(keyIdOf(of.key));
    const item = state.shared[0]?.item ?? '';
    const revealing = await windowFor(mina, { act: 'reveal-shared', item });
    await asksNext(revealing, {});
    const { answer, shown } = await approved(omar, savedAs(mina, '.second'));
    expect(shown).toContain('in the clear');
    revealing.say({ type: 'ceremony-act', values: { answer } });
    const { value: key } = await revealing.inbox.next('item-value');
    expect(revealing.inbox.has('task-done')).toBe(false);
    expect(base58.encode(base58.decode(key).slice(32))).toBe(address);
    for (const { main, failures } of [mina, omar]) {
      expect(main.has('copy')).toBe(false);
      expect(JSON.stringify(main.all)).not.toContain(key);
      expect(JSON.stringify(main.all)).not.toContain('AGE-SECRET-KEY');
      expect(failures).toEqual([]);
    }
    revealing.say({ type: 'copy-item' });
    expect((await mina.main.next('copy')).text).toBe(key);
    // Both deeds stand in the journal, and the vault misses what somebody takes out of it.
    const { approvals } = await seen(mina, { what: 'state' });
    expect(approvals).toMatchObject({ state: 'whole', lines: 2, deeds: [{ to: null }, { to: recipient }] });
    const [vaultId = ''] = await readdir(join(here.path, 'custody'));
    await rm(join(here.path, 'custody', vaultId, 'approved-deeds.jsonl'));
    expect((await seen(mina, { what: 'state' })).approvals.state).toBe('damaged');
    const again = await windowFor(mina, { act: 'reveal-shared', item });
    await asksNext(again, {});
    const { answer: late } = await approved(omar, savedAs(mina, '.second'));
    again.say({ type: 'ceremony-act', values: { answer: late } });
    expect((await again.inbox.next('error')).message).toContain('it has 0 of 2 lines');
    mina.tell({ type: 'ask-vault', id: 'uses', what: 'uses' });
    const { answer: uses } = await mina.main.next('vault-answer');
    expect(JSON.stringify(uses)).toContain('"copy"');
  });

  it('is swept within what the second operator admitted, and not before', async () => {
    await using here = await disposableDirectory();
    await using there = await disposableDirectory();
    await using mina = await unlocked(here.path);
    await using omar = await unlocked(there.path);
    const { state } = await opened(mina, omar);
    const former = state.current?.wallet;
    await sealed(mina, omar);
    const fingerprint = former?.fingerprint ?? '';
    await done(mina, { act: 'import' }, { fingerprint });
    await done(mina, { act: 'hydrate' }, { fingerprint, revoked: '0' });
    const confirmed = { genesisHash: DEVNET_GENESIS, version: '2', balance: '0' } as const;
    await seen(mina, { what: 'confirmed', evidence: confirmed });
    const nothing = { transactions: [], remaining: '0', tokenAccounts: 0 };
    await seen(mina, { what: 'swept', evidence: nothing });
    await done(mina, { act: 'sunset', retirement: null });
    await done(mina, { act: 'record' });
    await done(mina, { act: 'open', reason: 'one again', former: null });
    await done(mina, { act: 'seal' });
    await done(mina, { act: 'import' });
    await done(mina, { act: 'hydrate' });
    const next = await seen(mina, { what: 'state' });
    const wallet = next.current?.wallet;
    await seen(mina, {
      what: 'hydrated',
      evidence: { fingerprint: wallet?.fingerprint ?? '', sessionsRevoked: 0 },
    });
    expect((await seen(mina, { what: 'confirmed', evidence: confirmed })).current?.formerSecond).toBe('Omar');
    const remains = {
      ...{ blockhash: base58.encode(randomBytes(32)), lastValidBlockHeight: '9' },
      ...{ lamports: '10000', tokens: [] },
    };
    ask(mina, { what: 'act', act: { act: 'sweep', remains } });
    expect((await mina.main.next('custody-refused')).message).toContain('keys of two operators');
    const asking = await windowFor(mina, { act: 'ask-second' });
    await asksNext(asking, {});
    const { answer, shown } = await approved(omar, savedAs(mina, '.second'));
    expect(shown).toContain(wallet?.address);
    asking.say({ type: 'ceremony-act', values: { answer } });
    await asking.inbox.next('task-done');
    const { transaction } = await done(mina, { act: 'sweep', remains });
    expect(transaction?.signature).toMatch(/^[1-9A-HJ-NP-Za-km-z]{64,90}$/);
    await seen(mina, {
      what: 'swept',
      evidence: { ...nothing, transactions: [transaction?.signature ?? ''] },
    });
    const retirement = retirementProposal({ wallet, former });
    const { state: last } = await done(mina, { act: 'sunset', retirement });
    expect(last.shared).toEqual([]);
    expect(mina.failures).toEqual([]);
  });
});

describe('a code', () => {
  it('is left out for a file that no code can hold, in bytes', () => {
    expect(read(qrOf('é'.repeat(1_100)).qr)).toBe('é'.repeat(1_100));
    expect(qrOf('é'.repeat(1_200))).toEqual({});
  });
});

describe('attack: around the second operator', () => {
  it('refuses one person and one key before a key is drawn, with what the service knows of them', async () => {
    await using here = await disposableDirectory();
    await using there = await disposableDirectory();
    await using mina = await unlocked(here.path);
    await using omar = await unlocked(there.path);
    const { values: own } = await introduction(mina, 'Somebody');
    const { values: of } = await introduction(omar, 'Omar');
    const act = { act: 'open', reason: 'two', former: null, twoPersons: true } as const;
    const window = await windowFor(mina, act);
    for (const [values, word] of [
      [{ ...own, name: 'Mina' }, 'one console'],
      [{ ...of, name: ' OMAR' }, 'one person'],
      [{ ...of, name: '' }, 'Type your name'],
      [{ ...of, key: own.key, name: 'Mina' }, 'another key'],
    ] as const) {
      window.say({ type: 'ceremony-act', values });
      expect(await window.inbox.next('error')).toMatchObject({
        code: 'refused',
        message: expect.stringContaining(word),
      });
    }
    window.say({ type: 'close-task' });
    await mina.main.next('custody-refused');
    const known = [own.key, of.key].map((key) => ({
      keyId: keyIdOf(key),
      name: 'Mina',
      state: 'active' as const,
    }));
    const told = await windowFor(mina, { ...act, known });
    told.say({ type: 'ceremony-act', values: { ...of, name: 'Mina' } });
    expect(await told.inbox.next('error')).toMatchObject({ message: expect.stringContaining('one person') });
    told.say({ type: 'close-task' });
    await mina.main.next('custody-refused');
    expect((await seen(mina, { what: 'state' })).current).toBeNull();
  });

  it('keeps the wallet from the bundled service, from the vault’s own windows, and from an answer that was used', async () => {
    await using here = await disposableDirectory();
    await using there = await disposableDirectory();
    await using mina = await unlocked(here.path);
    await using omar = await unlocked(there.path);
    const { state } = await opened(mina, omar);
    const item = state.shared[0]?.item ?? '';
    const alone = await windowFor(mina, { act: 'seal' });
    alone.say({ type: 'ceremony-act', values: {} });
    expect(await alone.inbox.next('error')).toMatchObject({
      message: expect.stringContaining('two persons'),
    });
    alone.say({ type: 'ceremony-act', values: { recipient: 'age1nobody' } });
    expect(await alone.inbox.next('error')).toMatchObject({
      message: expect.stringContaining('age recipient'),
    });
    alone.say({ type: 'close-task' });
    await mina.main.next('custody-refused');
    const used = await sealed(mina, omar);
    const exporting = await windowFor(mina, { act: 'export-shared', item });
    await asksNext(exporting, { recipient: await recipientOf(), format: 'phantom' });
    exporting.say({ type: 'ceremony-act', values: { answer: used.answer } });
    expect(await exporting.inbox.next('error')).toMatchObject({
      message: expect.stringContaining('used before'),
    });
    exporting.say({ type: 'close-task' });
    await mina.main.next('custody-refused');
    for (const task of ['reveal', 'export', 'remove'] as const) {
      mina.tell({ type: 'vault-task', id: task, request: { task, itemId: item } });
      const window = mina.window('vault', task);
      const to = { to: { recipient: await recipientOf() }, format: 'phantom' };
      window.say({ type: `${task}-item`, ...(task === 'export' ? to : {}) });
      expect(await window.inbox.next('error')).toMatchObject({ code: 'refused' });
      window.say({ type: 'close-task' });
      await mina.main.next('close-window');
    }
    expect(savedAs(mina, 'sallyport-export.age')).toBe('');
  });

  it('gives no part when the window is closed, and lets nobody remove what approvals are remembered by', async () => {
    await using here = await disposableDirectory();
    await using there = await disposableDirectory();
    await using mina = await unlocked(here.path);
    await using omar = await unlocked(there.path);
    await opened(mina, omar);
    const sealing = await windowFor(mina, { act: 'seal' });
    await asksNext(sealing, { recipient: await recipientOf() });
    const request = savedAs(mina, '.second');
    const window = await windowFor(omar, { act: 'approve' });
    await asksNext(window, { request });
    window.say({ type: 'close-task' });
    await omar.main.next('custody-refused');
    expect(omar.main.all.filter(({ type }) => type === 'save-file')).toHaveLength(1);
    // The answer's file was lost: asked again, a person reads that, and it is the same.
    const first = await approved(omar, request);
    expect(first.warning).not.toContain('written again');
    const second = await approved(omar, request);
    expect(second.warning).toContain('written again');
    expect(second.answer).toBe(first.answer);
    expect(omar.main.all.filter(({ type }) => type === 'save-file')).toHaveLength(3);
    omar.tell({ type: 'ask-vault', id: 'items', what: 'contents' });
    const { answer } = await omar.main.next('vault-answer');
    const items = answer !== null && typeof answer === 'object' && 'items' in answer ? answer.items : [];
    for (const type of ['approvals', 'receiving-key']) {
      const itemId = items.find((candidate) => candidate.type === type)?.id ?? '';
      omar.tell({ type: 'vault-task', id: type, request: { task: 'remove', itemId } });
      const removing = omar.window('vault', type);
      removing.say({ type: 'remove-item' });
      expect(await removing.inbox.next('error')).toMatchObject({ code: 'refused' });
      removing.say({ type: 'close-task' });
      await omar.main.next('close-window');
    }
  });
});

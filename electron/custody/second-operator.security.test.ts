import { randomBytes, randomUUID } from 'node:crypto';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../../tests/fixtures/custody-error.ts';
import {
  type Console,
  consoleOf,
  introduced,
  type Kept,
  walletOfTwo,
} from '../../tests/fixtures/two-consoles.ts';
import { testClock } from '../../tests/fixtures/vault.ts';
import { CustodyError } from './custody-error.ts';
import type { Deed } from './deed.ts';
import { readKey } from './key-formats.ts';
import { readIntroduction, requireTwoPersons } from './persons.ts';
import { parseRequest, REQUEST_MS, writeRequest } from './second-files.ts';
import { REUSED_MS } from './second-operator.ts';
import { readShared, splitKey } from './two-person-wallet.ts';

const clock = testClock();
let mina: Console;
let omar: Console;
let eve: Console;
let kept: Kept;
let deed: Extract<Deed, { action: 'seal' }>;

beforeEach(async () => {
  [mina, omar, eve] = [consoleOf('Mina', clock), consoleOf('Omar', clock), consoleOf('Eve', clock)];
  kept = await walletOfTwo(mina, omar);
  const recipient = await identityToRecipient(await generateX25519Identity());
  deed = { action: 'seal', rotation: randomUUID(), recipient };
});

const codeIn = (work: () => unknown): string => {
  try {
    work();
    return 'accepted';
  } catch (error) {
    return error instanceof CustodyError ? error.code : String(error);
  }
};
/** The wallet's item after it was put in the place of the former one. */
const itemIn = (where: Console): string =>
  where.second.holdings.list().find(({ type }) => type === 'two-person-wallet')?.id ?? '';
const asked = async (what: Deed = deed) => (await mina.second.ask(kept.item, what)).text;
const opened = (answer: string, what: Deed = deed) =>
  mina.second.during(kept.item, what, answer, () =>
    mina.second.holdings.use(kept.item, what.action === 'sweep' ? 'sign' : what.action, (secret) =>
      readKey(secret.toString('utf8')),
    ),
  );
/** One member of a file is another one. */
const changed = (text: string, change: Record<string, unknown>): string =>
  JSON.stringify({ ...JSON.parse(text), ...change });
/** The same characters but one. */
const bent = (text: string): string =>
  `${text.slice(0, -2)}${text.at(-2) === 'A' ? 'B' : 'A'}${text.slice(-1)}`;

describe('a wallet of two persons', () => {
  it('opens with both parts, for what was approved, and closes behind it', async () => {
    const answer = await omar.second.approve(await asked());
    expect(await opened(answer)).toEqual(kept.seed);
    expect(await codeOf(mina.second.holdings.use(kept.item, 'seal', () => 0))).toBe('second-needed');
  });

  it('is one request while it waits, and another one for another deed', async () => {
    const text = await asked();
    expect(await asked()).toBe(text);
    // With half an hour left it can be carried there and back; with less, its answer would be late on arrival.
    clock.advance((REQUEST_MS - REUSED_MS) / 1000);
    expect(await asked()).toBe(text);
    clock.advance(1);
    const fresh = await asked();
    expect(fresh).not.toBe(text);
    clock.advance((REQUEST_MS - REUSED_MS) / 1000);
    expect(await opened(await omar.second.approve(fresh))).toEqual(kept.seed);
    expect(await asked({ action: 'reveal' })).not.toBe(await asked());
  });

  it('shows who asks, what for and of which wallet before anything is given', async () => {
    const seen = await omar.second.inspect(await asked());
    expect(seen).toMatchObject({ deed, header: { first: { name: 'Mina' }, ceremony: kept.ceremony } });
  });
});

describe('attack: the wallet with the key of one operator', () => {
  it('opens with nothing that the first console has', async () => {
    const { parts, header, ...shared } = readShared(await mina.read('two-person-wallet'));
    expect(JSON.stringify(shared)).not.toContain(kept.seed.toString('base64url'));
    for (const action of ['seal', 'import', 'sign', 'reveal', 'export', 'supply', 'check', 'copy'] as const)
      expect(await codeOf(mina.second.holdings.use(kept.item, action, () => 0))).toBe('second-needed');
    // Its own part in both places.
    const twice = { ...shared, header, parts: { first: parts.first, second: parts.first } };
    await mina.replace('two-person-wallet', JSON.stringify(twice));
    expect(await codeOf(omar.second.approve((await mina.second.ask(itemIn(mina), deed)).text))).toBe(
      'second-foreign',
    );
  });

  it('opens with nothing that the second console has: no wallet is in it', () => {
    expect(omar.second.holdings.list().map(({ type }) => type)).toEqual(['receiving-key']);
  });

  it('gives a stolen part to nobody but the first operator of that wallet', async () => {
    const text = await asked();
    const { header } = JSON.parse(text);
    const reply = await identityToRecipient(await generateX25519Identity());
    expect(await codeOf(omar.second.inspect(changed(text, { reply })))).toBe('second-altered');
    // Eve asks as herself, over a wallet of hers, with the part that was encrypted for Mina's.
    const hers = await walletOfTwo(eve, omar);
    const own = readShared(await eve.read('two-person-wallet'));
    const forged = { ...own, parts: { ...own.parts, second: JSON.parse(text).part } };
    await eve.replace('two-person-wallet', JSON.stringify(forged));
    const bad = await eve.second.ask(itemIn(eve), deed);
    expect(await codeOf(omar.second.approve(bad.text))).toBe('second-altered');
    expect(hers.ceremony).not.toBe(header.ceremony);
  });
});

describe('attack: one person as two', () => {
  it('is refused by key, by recipient and by name, however it is spelt', async () => {
    const { first, second } = await introduced(mina, omar);
    const judge = (change: object) =>
      codeIn(() => requireTwoPersons({ first, second: { ...second, ...change } }));
    expect(judge({})).toBe('accepted');
    expect(judge({ publicKey: first.publicKey })).toBe('same-key');
    expect(judge({ recipient: first.recipient })).toBe('same-key');
    for (const name of ['Mina', ' MINA ', 'ｍｉｎａ', 'mina']) expect(judge({ name })).toBe('same-person');
    const again = { ceremony: randomUUID(), persons: { first, second: { ...second, name: 'mina' } } };
    expect(await codeOf(splitKey(randomBytes(32), again, randomBytes))).toBe('same-person');
  });

  it('is refused at use as well, on both consoles', async () => {
    const text = await asked();
    const { header, ...rest } = JSON.parse(text);
    const second = { ...header.second, name: 'MINA' };
    expect(
      await codeOf(omar.second.inspect(JSON.stringify({ ...rest, header: { ...header, second } }))),
    ).toBe('same-person');
    const shared = JSON.parse(await mina.read('two-person-wallet'));
    await mina.replace(
      'two-person-wallet',
      JSON.stringify({ ...shared, header: { ...shared.header, second } }),
    );
    expect(await codeOf(mina.second.ask(itemIn(mina), deed))).toBe('same-person');
  });

  it('cannot approve its own request, nor sign the answer to it', async () => {
    const text = await asked();
    expect(await codeOf(mina.second.approve(text))).toBe('second-self');
    const answer = await omar.second.approve(text);
    expect(await codeOf(opened(changed(answer, { signer: mina.custodian.publicKey })))).toBe('second-self');
  });
});

describe('attack: an introduction of somebody else', () => {
  it('is held against the key that was told, its signature, and keys that anybody can sign for', async () => {
    const text = await omar.second.introduction('Omar');
    const told = omar.custodian.publicKey;
    expect(codeIn(() => readIntroduction(text, ` ${told}\n`))).toBe('accepted');
    expect(codeIn(() => readIntroduction(text, eve.custodian.publicKey))).toBe('second-foreign');
    expect(codeIn(() => readIntroduction(changed(text, { name: 'Olga' }), told))).toBe('second-altered');
    const { recipient } = await eve.second.self('Eve');
    expect(codeIn(() => readIntroduction(changed(text, { recipient }), told))).toBe('second-altered');
    expect(codeIn(() => readIntroduction('{}', told))).toBe('second-malformed');
    // The neutral element: a signature of zeros holds under it for every message.
    const low = Buffer.from([1, ...new Array(31).fill(0)]).toString('base64url');
    const signature = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]).toString('base64url');
    expect(codeIn(() => readIntroduction(changed(text, { publicKey: low, signature }), low))).toBe(
      'second-altered',
    );
  });
});

describe('attack: a request that is not what its operator signed', () => {
  it.each([
    ['nonce', () => randomBytes(16).toString('base64url')],
    ['at', () => new Date(clock.now().getTime() - 1000).toISOString()],
    ['expires', () => new Date(clock.now().getTime() + 1000).toISOString()],
    ['digest', () => 'a'.repeat(64)],
    ['deed', () => ({ action: 'reveal' })],
    ['signature', (text: string) => bent(JSON.parse(text).signature)],
    ['part', (text: string) => bent(JSON.parse(text).part)],
  ])('refuses another %s', async (field, value) => {
    const text = await asked();
    expect(await codeOf(omar.second.inspect(text))).toBe('accepted');
    expect(await codeOf(omar.second.inspect(changed(text, { [field]: value(text) })))).toBe('second-altered');
  });

  it.each(['first', 'second'] as const)('refuses another name of the %s', async (who) => {
    const text = await asked();
    const { header } = JSON.parse(text);
    const named = { ...header, [who]: { ...header[who], name: 'Olga' } };
    expect(await codeOf(omar.second.inspect(changed(text, { header: named })))).toBe('second-altered');
  });

  it('refuses one for another operator, and what is none', async () => {
    expect(await codeOf(eve.second.inspect(await asked()))).toBe('second-foreign');
    for (const text of ['', '{}', 'x'.repeat(20_000), changed(await asked(), { more: 1 })])
      expect(await codeOf(omar.second.inspect(text))).toBe('second-malformed');
  });

  it('refuses one that has expired, one from the future, and another one of an answered nonce', async () => {
    const text = await asked();
    clock.advance(-6 * 60);
    expect(await codeOf(omar.second.inspect(text))).toBe('second-expired');
    clock.advance(6 * 60);
    await omar.second.approve(text);
    const { nonce, header, part, reply } = parseRequest(text);
    const other = { nonce, header, part, reply, now: clock.now(), deed: { action: 'reveal' } as const };
    const reused = writeRequest(other, mina.custodian);
    expect(await codeOf(omar.second.inspect(reused))).toBe('second-replayed');
    expect(await codeOf(omar.second.approve(reused))).toBe('second-replayed');
    clock.advance(REQUEST_MS / 1000);
    expect(await codeOf(omar.second.inspect(text))).toBe('second-expired');
  });
});

describe('attack: an answer that is not to this', () => {
  it.each([
    ['signature', (text: string) => bent(JSON.parse(text).signature)],
    ['part', (text: string) => bent(JSON.parse(text).part)],
    ['request', (text: string) => bent(JSON.parse(text).request)],
    ['at', () => '2026-01-01T00:00:00.000Z'],
  ])('refuses another %s, and opens with the right one after it', async (field, value) => {
    const answer = await omar.second.approve(await asked());
    expect(await codeOf(opened(changed(answer, { [field]: value(answer) })))).toBe('second-altered');
    expect(await codeOf(opened(answer))).toBe('accepted');
  });

  it('refuses the same answer twice, also when the work after it failed', async () => {
    const answer = await omar.second.approve(await asked());
    await expect(
      mina.second.during(kept.item, deed, answer, () => Promise.reject(new Error('disk'))),
    ).rejects.toThrow('disk');
    expect(await codeOf(mina.second.holdings.use(kept.item, 'seal', () => 0))).toBe('second-needed');
    await asked();
    expect(await codeOf(opened(answer))).toBe('second-replayed');
  });

  it('refuses the answer to a request that another one has replaced, and one that comes too late', async () => {
    const first = await omar.second.approve(await asked());
    const other = await omar.second.approve(await asked({ action: 'reveal' }));
    expect(await codeOf(opened(first))).toBe('second-foreign');
    clock.advance(REQUEST_MS / 1000);
    expect(await codeOf(opened(other, { action: 'reveal' }))).toBe('second-expired');
  });

  it('refuses the approval of one deed for another, of one wallet for another, and of somebody else', async () => {
    const answer = await omar.second.approve(await asked());
    const recipient = await identityToRecipient(await generateX25519Identity());
    expect(await codeOf(opened(answer, { ...deed, recipient }))).toBe('second-foreign');
    expect(await codeOf(opened(answer, { action: 'reveal' }))).toBe('second-foreign');
    expect(await codeOf(mina.second.during(randomUUID(), deed, answer, async () => 0))).toBe(
      'second-foreign',
    );
    expect(await codeOf(opened(changed(answer, { signer: eve.custodian.publicKey })))).toBe('second-foreign');
    expect(await codeOf(opened(answer))).toBe('accepted');
  });
});

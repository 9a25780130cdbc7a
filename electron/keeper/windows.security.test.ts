import { describe, expect, it, vi } from 'vitest';
import { TestKeeper } from '../../tests/fixtures/keeper.ts';
import { createVault, disposableDirectory, PASSPHRASE } from '../../tests/fixtures/vault.ts';
import type { SigningRequest } from './protocol.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 30_000 });

const request: SigningRequest = {
  route: 'keys.revoke',
  method: 'POST',
  targetUri: 'http://admin.sallyport.internal/api/keys/key_01hzzzzzzzzzzzzzzzzzzzzzzz/revoke',
  contentType: 'application/json',
  body: Buffer.from('{"displayPrefix":"th_AAAAAAAA","reason":"leaked"}'),
  idempotencyKey: 'idem-0001',
};

async function withCard(directory: string): Promise<TestKeeper> {
  await createVault(directory);
  const keeper = await new TestKeeper(directory).start();
  keeper.window('unlock').say({ type: 'unlock', passphrase: PASSPHRASE });
  await keeper.main.next('unlocked');
  keeper.tell({ type: 'sign', id: 's1', request });
  await keeper.main.next('open-window');
  return keeper;
}

describe('attack: decide a card from elsewhere', () => {
  it('a window that was not shown the card cannot sign it', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await withCard(directory.path);
    const silent = keeper.window('card', 's1');
    silent.say({ type: 'card-decision', id: 's1', decision: 'sign' });
    expect(await silent.inbox.next('error')).toMatchObject({ code: 'unexpected' });
    const foreign = keeper.window('card', 's2');
    foreign.say({ type: 'hello' });
    await foreign.inbox.next('error');
    foreign.say({ type: 'card-decision', id: 's1', decision: 'sign' });
    await foreign.inbox.next('error');
    expect(keeper.main.has('signed')).toBe(false);
  });

  it('windows of every other role are refused', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await withCard(directory.path);
    for (const role of ['first-run', 'unlock', 'reveal'] as const) {
      const window = keeper.window(role, 's1');
      window.say({ type: 'card-decision', id: 's1', decision: 'sign' });
      expect(await window.inbox.next('error')).toMatchObject({ code: 'unexpected' });
    }
    expect(keeper.main.has('signed')).toBe(false);
  });

  it('one decision signs once, however often it is sent', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await withCard(directory.path);
    const window = keeper.window('card', 's1');
    window.say({ type: 'hello' });
    for (let i = 0; i < 5; i += 1) window.say({ type: 'card-decision', id: 's1', decision: 'sign' });
    await keeper.main.next('signed');
    for (let i = 0; i < 4; i += 1) await window.inbox.next('error');
    expect(keeper.main.all.filter((m) => m.type === 'signed')).toHaveLength(1);
  });
});

describe('attack: read another window’s secret', () => {
  it('a reveal is given to no window but its own', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await withCard(directory.path);
    const values = [{ label: 'Key', value: 'th_canary' }];
    keeper.tell({ type: 'reveal', id: 'r1', title: 't', note: 'n', values });
    const card = keeper.window('card', 'r1');
    card.say({ type: 'hello' });
    card.say({ type: 'copy-revealed', id: 'r1' });
    const other = keeper.window('reveal', 'r2');
    other.say({ type: 'hello' });
    other.say({ type: 'copy-revealed', id: 'r1' });
    for (const window of [card, other]) for (let i = 0; i < 2; i += 1) await window.inbox.next('error');
    expect(JSON.stringify([card.inbox.all, other.inbox.all, keeper.main.all])).not.toContain('th_canary');
  });
});

describe('attack: a window that sends anything', () => {
  const hostile: unknown[] = [
    undefined,
    null,
    0,
    '',
    [],
    {},
    { type: 'unlock' },
    { type: 'unlock', passphrase: { toString: 'x' } },
    { type: 'unlock', passphrase: 'a'.repeat(2000) },
    { type: 'unlock', passphrase: PASSPHRASE, acceptOlder: false, extra: 1 },
    { type: 'create', passphrase: PASSPHRASE, startAnew: 'yes' },
    { type: '__proto__' },
    { type: 'start', vaultDirectory: '/', idleMinutes: 1 },
    new Uint8Array(1024),
  ];

  it('is answered with one error each and changes nothing', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await new TestKeeper(directory.path).start();
    const window = keeper.window('unlock');
    for (const message of hostile) {
      window.say(message);
      expect(await window.inbox.next('error')).toMatchObject({ code: 'unexpected' });
    }
    expect(keeper.failures).toEqual([]);
    expect(keeper.main.has('unlocked')).toBe(false);
    expect(JSON.stringify(window.inbox.all)).not.toContain(PASSPHRASE);
    window.say({ type: 'unlock', passphrase: PASSPHRASE });
    await keeper.main.next('unlocked');
  });

  it('cannot start anew over a vault that is whole', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await new TestKeeper(directory.path).start();
    const window = keeper.window('unlock');
    window.say({ type: 'create', passphrase: 'a passphrase of mine', startAnew: true });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'vault-exists' });
  });
});

describe('attack: start programs from a window', () => {
  it('only the first run may ask for the practice console, and the keeper opens nothing itself', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await new TestKeeper(directory.path).start();
    for (const role of ['unlock', 'card', 'reveal', 'vault'] as const) {
      const window = keeper.window(role, 's1');
      window.say({ type: 'open-practice' });
      expect(await window.inbox.next('error')).toMatchObject({ code: 'unexpected' });
    }
    expect(keeper.main.has('open-practice')).toBe(false);
    keeper.window('first-run').say({ type: 'open-practice' });
    expect(await keeper.main.next('open-practice')).toEqual({ type: 'open-practice' });
  });
});

import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { TestKeeper } from '../../tests/fixtures/keeper.ts';
import { createVault, disposableDirectory, PASSPHRASE } from '../../tests/fixtures/vault.ts';
import type { SigningRequest } from './protocol.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 30_000 });

const request: SigningRequest = {
  route: 'keys.create',
  method: 'POST',
  targetUri: 'http://admin.sallyport.internal/api/keys',
  contentType: 'application/json',
  body: Buffer.from('{"label":"billing","requestsPerMinute":60}'),
  idempotencyKey: 'idem-0001',
};

async function unlockedKeeper(directory: string): Promise<TestKeeper> {
  await createVault(directory);
  const keeper = await new TestKeeper(directory).start();
  keeper.window('unlock').say({ type: 'unlock', passphrase: PASSPHRASE });
  await keeper.main.next('close-window');
  return keeper;
}

const reveal = {
  type: 'reveal',
  id: 'r1',
  title: 'New key',
  note: 'Shown once.',
  values: [{ label: 'Key', value: 'th_secret' }],
} as const;

describe('a card', () => {
  it('is shown in a window of its own and signed on its decision', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell({ type: 'sign', id: 's1', request });
    expect(await keeper.main.next('open-window')).toEqual({
      type: 'open-window',
      role: 'card',
      subject: 's1',
    });
    const window = keeper.window('card', 's1');
    window.say({ type: 'hello' });
    const shown = (await window.inbox.next('card')).request;
    expect(shown.card.fields[0]).toEqual({ label: 'label', value: 'billing' });
    expect(keeper.main.has('signed')).toBe(false);
    window.say({ type: 'card-decision', id: 's1', decision: 'sign' });
    const { headers } = await keeper.main.next('signed');
    expect(headers['sallyport-card']).toBe(shown.cardHash);
    expect(headers['signature-input']).toContain(`keyid="${shown.keyId}"`);
    expect(await keeper.main.next('close-window')).toMatchObject({ role: 'card', subject: 's1' });
  });

  it('is declined by the button, and by closing the window', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell({ type: 'sign', id: 's1', request });
    keeper.tell({ type: 'sign', id: 's2', request });
    const first = keeper.window('card', 's1');
    first.say({ type: 'hello' });
    first.say({ type: 'card-decision', id: 's1', decision: 'decline' });
    expect(await keeper.main.next('not-signed')).toMatchObject({ id: 's1', reason: 'declined' });
    expect(await keeper.main.next('open-window')).toMatchObject({ subject: 's2' });
    const second = keeper.window('card', 's2');
    second.say({ type: 'hello' });
    await second.inbox.next('card');
    second.close();
    expect(await keeper.main.next('not-signed')).toMatchObject({ id: 's2', reason: 'declined' });
    expect(keeper.main.has('signed')).toBe(false);
  });

  it('waits for its turn: one window at a time, in order', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    for (const id of ['s1', 's2', 's3']) keeper.tell({ type: 'sign', id, request });
    for (const id of ['s1', 's2', 's3']) {
      expect(await keeper.main.next('open-window')).toMatchObject({ subject: id });
      const window = keeper.window('card', id);
      window.say({ type: 'hello' });
      window.say({ type: 'card-decision', id, decision: 'sign' });
      expect(await keeper.main.next('signed')).toMatchObject({ id });
    }
  });

  it('whose window never came up is declined when main says so', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell({ type: 'sign', id: 's1', request });
    keeper.tell({ type: 'window-closed', role: 'card', subject: 's1' });
    expect(await keeper.main.next('not-signed')).toMatchObject({ reason: 'declined' });
  });

  it('is refused beyond any number that a person decides on', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    for (let i = 0; i < 33; i += 1) keeper.tell({ type: 'sign', id: `s${i}`, request });
    expect(await keeper.main.next('not-signed')).toMatchObject({ id: 's32', reason: 'rate-capped' });
  });

  it('is never drawn for a request that is not what it says, or while locked', async () => {
    await using directory = await disposableDirectory();
    await using locked = await new TestKeeper(directory.path).start();
    locked.tell({ type: 'sign', id: 's0', request });
    expect(await locked.main.next('not-signed')).toMatchObject({ reason: 'locked' });
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell({ type: 'sign', id: 's1', request: { ...request, method: 'GET' } });
    expect(await keeper.main.next('not-signed')).toMatchObject({ reason: 'invalid-request' });
    expect(keeper.main.has('open-window')).toBe(false);
  });
});

describe('a reveal', () => {
  it('is shown, copied at the user’s wish, and forgotten when closed', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell(reveal);
    expect(await keeper.main.next('open-window')).toMatchObject({ role: 'reveal', subject: 'r1' });
    const window = keeper.window('reveal', 'r1');
    window.say({ type: 'hello' });
    expect((await window.inbox.next('reveal')).values).toEqual(reveal.values);
    expect(keeper.main.has('copy')).toBe(false);
    window.say({ type: 'copy-revealed', id: 'r1' });
    expect(await keeper.main.next('copy')).toEqual({ type: 'copy', text: 'th_secret' });
    window.say({ type: 'close-revealed', id: 'r1' });
    expect(await keeper.main.next('close-window')).toMatchObject({ role: 'reveal', subject: 'r1' });
    const again = keeper.window('reveal', 'r1');
    again.say({ type: 'hello' });
    expect(await again.inbox.next('error')).toMatchObject({ code: 'unexpected' });
  });

  it('that arrives after the lock is not kept: the next keeper shows it to nobody', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await new TestKeeper(directory.path).start();
    keeper.tell(reveal);
    const window = keeper.window('reveal', 'r1');
    window.say({ type: 'hello' });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'unexpected' });
    expect(keeper.main.has('open-window')).toBe(false);
  });

  it('is forgotten when its window is closed by the system', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell(reveal);
    const window = keeper.window('reveal', 'r1');
    window.say({ type: 'hello' });
    await window.inbox.next('reveal');
    window.close();
    await keeper.main.next('close-window');
    const again = keeper.window('reveal', 'r1');
    again.say({ type: 'copy-revealed', id: 'r1' });
    await again.inbox.next('error');
    expect(keeper.main.has('copy')).toBe(false);
  });
});

describe('keys for the service', () => {
  it('go over the port of the process, only the ones it needs, and the same at every unlock', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    const ask = async () => {
      const { near, far } = keeper.channel();
      keeper.tell({ type: 'provide-keys', process: 'integrator' }, [far]);
      const [message] = await once(near, 'message');
      return message;
    };
    const given = await ask();
    expect(Object.keys(given.keys).sort()).toEqual(['ledgerSeed', 'password', 'process', 'stagingMac']);
    expect(await ask()).toEqual(given);
    expect(JSON.stringify(keeper.main.all)).not.toContain(given.keys.stagingMac);
  });

  it('are withheld while locked: the port is closed', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await new TestKeeper(directory.path).start();
    const { near, far } = keeper.channel();
    keeper.tell({ type: 'provide-keys', process: 'api' }, [far]);
    await once(near, 'close');
  });
});

describe('the session', () => {
  it('reports another idle time', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell({ type: 'set-idle-minutes', minutes: 25 });
    expect((await keeper.main.next('status')).status).toMatchObject({ idleMinutes: 25, state: 'unlocked' });
  });

  it('ends, and does not go on, when main breaks the protocol', async () => {
    await using directory = await disposableDirectory();
    await using keeper = new TestKeeper(directory.path);
    keeper.tell({ type: 'set-idle-minutes', minutes: 5 });
    await expect.poll(() => keeper.failures.length).toBe(1);
  });
});

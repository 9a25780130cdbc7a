import { describe, expect, it, vi } from 'vitest';
import { contentBy, requestFile } from '../../tests/fixtures/carried.ts';
import { asksNext, windowFor } from '../../tests/fixtures/custody-windows.ts';
import { TestKeeper } from '../../tests/fixtures/keeper.ts';
import { newOperatorKey } from '../../tests/fixtures/signing.ts';
import { createVault, disposableDirectory, PASSPHRASE } from '../../tests/fixtures/vault.ts';
import type { ServicesAsk } from './protocol.ts';
import { factsOf, labelOf } from './service-profile.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 30_000 });

const TYPED = {
  name: 'Production',
  address: 'https://ops.example.org:8443',
  pin: `${'A'.repeat(43)}=`,
  token: 'token-of-the-remote-service',
};

async function unlocked(directory: string): Promise<TestKeeper> {
  const keeper = await new TestKeeper(directory).start();
  keeper.window('unlock').say({ type: 'unlock', passphrase: PASSPHRASE });
  await keeper.main.next('close-window');
  return keeper;
}

/** What a person does in the window that the keeper opens. */
async function decide(keeper: TestKeeper, id: string, ask: ServicesAsk, values = {}) {
  keeper.tell({ type: 'services', id, ask });
  await keeper.main.next('open-window');
  const window = keeper.window('vault', id);
  window.say({ type: 'hello' });
  const ceremony = await window.inbox.next('ceremony');
  window.say({ type: 'ceremony-act', values });
  return { window, ceremony };
}

const told = async (keeper: TestKeeper) => (await keeper.main.next('services-answer')).answer;

async function added(keeper: TestKeeper) {
  await decide(keeper, 'add', { what: 'add' }, TYPED);
  const [profile] = (await told(keeper)).profiles;
  if (!profile) throw new Error('nothing was added');
  return profile;
}

/** A routine request: it is signed without a card. */
const signing = (id: string, origin: string) => ({
  type: 'sign' as const,
  id,
  request: {
    ...({ route: 'boundaries.probe', method: 'POST', contentType: 'application/json' } as const),
    ...{ idempotencyKey: 'idem-0001', body: new TextEncoder().encode('{}') },
    targetUri: `${origin}/api/boundaries/probes/run`,
  },
});

describe('a remote service in the vault', () => {
  it('is typed, chosen and removed in windows of its own, and says no secret but to who connects', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await unlocked(directory.path);
    const profile = await added(keeper);
    expect(profile).toMatchObject({ kind: 'remote', name: 'Production', host: 'ops.example.org:8443' });
    const go = { what: 'connect', profile: profile.id } as const;
    const { ceremony } = await decide(keeper, 'go', go);
    expect(ceremony.facts.map(({ value }) => value)).toEqual(
      expect.arrayContaining([TYPED.address, TYPED.pin]),
    );
    const { connected } = await told(keeper);
    expect(connected).toMatchObject({ origin: TYPED.address, pin: TYPED.pin, token: TYPED.token });
    expect(connected).not.toHaveProperty('seed');
    const { window } = await decide(keeper, 'rm', { what: 'remove', profile: profile.id });
    expect((await window.inbox.next('error')).message).toContain('Go to another one first');
    window.close();
    keeper.tell({ type: 'window-closed', role: 'vault', subject: 'rm' });
    expect(await keeper.main.next('services-refused')).toMatchObject({ reason: 'declined' });

    await using again = await unlocked(directory.path);
    again.tell({ type: 'services', id: 'r', ask: { what: 'resume' } });
    expect((await told(again)).connected).toEqual(connected);
    await decide(again, 'back', { what: 'connect', profile: null });
    expect((await told(again)).connected).toBeNull();
    await decide(again, 'rm', { what: 'remove', profile: profile.id });
    expect((await told(again)).profiles).toEqual([]);
    expect([...keeper.failures, ...again.failures]).toEqual([]);
  });

  it.each([
    ['plain http', { address: 'http://ops.example.org' }],
    ['a path', { address: 'https://ops.example.org/admin' }],
    ['a user', { address: 'https://me@ops.example.org' }],
    ['a pin of another length', { pin: 'AAAA' }],
    ['a name that could pass for a host', { name: 'a @ b' }],
    ['an empty token', { token: '' }],
  ])('is not kept with %s', async (_, change) => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await unlocked(directory.path);
    const { window } = await decide(keeper, 'add', { what: 'add' }, { ...TYPED, ...change });
    expect((await window.inbox.next('error')).code).toBe('refused');
    keeper.tell({ type: 'services', id: 'l', ask: { what: 'list' } });
    expect((await told(keeper)).profiles).toEqual([]);
  });
});

describe('main, or a page behind it', () => {
  it('gets a signature for the service this console is on and for no other', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await unlocked(directory.path);
    const profile = await added(keeper);
    // Of plain http it is the bundled service alone: whatever else answers there has no key of this vault.
    for (const origin of [TYPED.address, 'http://127.0.0.1:4180', 'http://admin.sallyport.internal:8080']) {
      keeper.tell(signing(origin, origin));
      expect(await keeper.main.next('not-signed')).toMatchObject({ id: origin, reason: 'invalid-request' });
    }
    await decide(keeper, 'go', { what: 'connect', profile: profile.id });
    const { connected } = await told(keeper);
    keeper.tell(signing('there', TYPED.address));
    const { headers } = await keeper.main.next('signed');
    expect(headers['signature-input']).toContain(`keyid="${connected?.keyId}"`);
    for (const origin of ['http://admin.sallyport.internal', 'https://other.example.org']) {
      keeper.tell(signing(origin, origin));
      expect(await keeper.main.next('not-signed')).toMatchObject({ id: origin, reason: 'invalid-request' });
    }
  });

  it('gets no signature for a service that is not reached; a person does, with the key of that service', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await unlocked(directory.path);
    const profile = await added(keeper);
    const ada = newOperatorKey();
    const target = `${TYPED.address}/api/keys/key_${'0'.repeat(26)}/limit`;
    const request = await requestFile(ada, contentBy(ada, new Date(), { target }));
    // The console stays on the bundled service; the vault has the key of the other one all the same.
    const window = await windowFor(keeper, { act: 'approve-proposal' });
    const shown = await asksNext(window, { request });
    const signedWith = shown.facts.find(({ label }) => label === 'Signed with')?.value;
    await decide(keeper, 'go', { what: 'connect', profile: profile.id });
    expect(signedWith).toBe((await told(keeper)).connected?.keyId);
    // A second key for it, under another name: the first one in the vault is not taken for the one to use.
    await decide(keeper, 'add', { what: 'add' }, { ...TYPED, name: 'Newer' });
    await told(keeper);
    window.say({ type: 'close-task' });
    await keeper.main.next('custody-refused');
    const another = await windowFor(keeper, { act: 'approve-proposal' });
    const { facts } = await asksNext(another, { request });
    expect(facts.map(({ label }) => label)).toEqual(['1: Production', '2: Newer']);
    expect(facts[0]?.value).toBe(signedWith);
  });

  it.each(['https://other.example.org', 'http://127.0.0.1:4180'])(
    'gets none for %s, which this vault does not know',
    async (origin) => {
      await using directory = await disposableDirectory();
      await createVault(directory.path);
      await using keeper = await unlocked(directory.path);
      await added(keeper);
      const ada = newOperatorKey();
      const target = `${origin}/api/keys/key_${'0'.repeat(26)}/limit`;
      const window = await windowFor(keeper, { act: 'approve-proposal' });
      const request = await requestFile(ada, contentBy(ada, new Date(), { target }));
      window.say({ type: 'ceremony-act', values: { request } });
      expect((await window.inbox.next('error')).message).toContain(`no key for ${origin}`);
    },
  );

  it('cannot choose a service without a person, nor have anything of one while locked', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using locked = await new TestKeeper(directory.path).start();
    locked.tell({ type: 'services', id: 'x', ask: { what: 'resume' } });
    expect(await locked.main.next('services-refused')).toMatchObject({ reason: 'locked' });
    await using keeper = await unlocked(directory.path);
    const profile = await added(keeper);
    keeper.tell({ type: 'services', id: 'go', ask: { what: 'connect', profile: profile.id } });
    await keeper.main.next('open-window');
    keeper.tell({ type: 'window-closed', role: 'vault', subject: 'go' });
    expect(await keeper.main.next('services-refused')).toMatchObject({ id: 'go', reason: 'declined' });
    keeper.tell({ type: 'services', id: 'r', ask: { what: 'resume' } });
    expect((await told(keeper)).connected).toBeNull();
  });
});

describe('the name of a profile', () => {
  it('reads back, and a long host is cut where it tells least', () => {
    const profile = {
      name: 'Rehearsal',
      kind: 'simulated',
      origin: `https://${'a'.repeat(60)}.example.org`,
    } as const;
    const facts = factsOf({ id: 'i', label: labelOf(profile) });
    expect(facts).toMatchObject({ name: 'Rehearsal', kind: 'simulated' });
    expect(facts.host).toMatch(/^….*example\.org$/);
    expect(factsOf({ id: 'i', label: 'renamed' })).toMatchObject({ name: 'renamed', host: null });
  });
});

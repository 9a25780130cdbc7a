import { describe, expect, it, vi } from 'vitest';
import { TestKeeper } from '../../tests/fixtures/keeper.ts';
import { createVault, disposableDirectory, PASSPHRASE } from '../../tests/fixtures/vault.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 30_000 });

const REFRESH = 'r'.repeat(43);
const SIGN_IN = { email: 'mina@example.org', password: 'correct horse battery' };

async function unlockedKeeper(directory: string): Promise<TestKeeper> {
  await createVault(directory);
  const keeper = await new TestKeeper(directory).start();
  keeper.window('unlock').say({ type: 'unlock', passphrase: PASSPHRASE });
  await keeper.main.next('close-window');
  return keeper;
}

describe('the keeper and the member’s session', () => {
  it('takes e-mail and password in a window of their own and gives them to main once', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell({ type: 'member', id: 'm1', ask: { what: 'sign-in' } });
    expect(await keeper.main.next('open-window')).toMatchObject({ role: 'vault', subject: 'm1' });
    const window = keeper.window('vault', 'm1');
    window.say({ type: 'hello' });
    const { fields } = await window.inbox.next('ceremony');
    expect(fields.find(({ name }) => name === 'password')?.secret).toBe(true);
    window.say({ type: 'reveal-item' });
    await window.inbox.next('error');
    window.say({ type: 'ceremony-act', values: SIGN_IN });
    expect((await keeper.main.next('member-answer')).answer.credentials).toEqual(SIGN_IN);
    keeper.tell({ type: 'member', id: 'm2', ask: { what: 'who' } });
    expect((await keeper.main.next('member-answer')).answer).toEqual({
      ...{ who: null, credentials: null, refreshToken: null },
    });
  });

  it('says that the window was closed, and opens no second one beside it', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell({ type: 'member', id: 'm1', ask: { what: 'sign-in' } });
    keeper.tell({ type: 'member', id: 'm2', ask: { what: 'sign-in' } });
    expect(await keeper.main.next('member-refused')).toMatchObject({ id: 'm2', reason: 'refused' });
    keeper.window('vault', 'm1').close();
    keeper.tell({ type: 'window-closed', role: 'vault', subject: 'm1' });
    expect(await keeper.main.next('member-refused')).toMatchObject({ id: 'm1', reason: 'declined' });
  });

  it('keeps one refresh token, and a vault with it opens again', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    for (const refreshToken of ['a'.repeat(43), REFRESH]) {
      keeper.tell({
        type: 'member',
        id: refreshToken,
        ask: { what: 'keep', email: SIGN_IN.email, refreshToken },
      });
      expect((await keeper.main.next('member-answer')).answer.refreshToken).toBeNull();
    }
    await using again = await new TestKeeper(directory.path).start();
    again.window('unlock').say({ type: 'unlock', passphrase: PASSPHRASE });
    await again.main.next('close-window');
    again.tell({ type: 'member', id: 'm3', ask: { what: 'open' } });
    const { answer } = await again.main.next('member-answer');
    expect(answer).toEqual({ who: SIGN_IN.email, credentials: null, refreshToken: REFRESH });
    again.tell({ type: 'member', id: 'm4', ask: { what: 'drop' } });
    expect((await again.main.next('member-answer')).answer.who).toBeNull();
    again.tell({ type: 'member', id: 'm5', ask: { what: 'open' } });
    expect((await again.main.next('member-answer')).answer.refreshToken).toBeNull();
    expect([...keeper.failures, ...again.failures]).toEqual([]);
  });

  it('has nothing while locked', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await new TestKeeper(directory.path).start();
    keeper.tell({ type: 'member', id: 'm1', ask: { what: 'open' } });
    expect(await keeper.main.next('member-refused')).toMatchObject({ reason: 'locked' });
  });
});

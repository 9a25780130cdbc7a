import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { TestKeeper, type TestWindow } from '../../tests/fixtures/keeper.ts';
import { fakeKeychain } from '../../tests/fixtures/keychain.ts';
import {
  createVault,
  disposableDirectory,
  PASSPHRASE,
  testClock,
  vaultAt,
} from '../../tests/fixtures/vault.ts';
import { VAULT_FILE } from '../vault/files.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 30_000 });

async function confirm(window: TestWindow): Promise<string> {
  const { code } = await window.inbox.next('recovery-code');
  window.say({ type: 'confirm-recovery', lastGroup: code.slice(-5) });
  return code;
}

describe('first run', () => {
  it('creates the vault once the last group of its code is typed back', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await new TestKeeper(directory.path, { keychain: fakeKeychain() }).start();
    const window = keeper.window('first-run');
    window.say({ type: 'hello' });
    expect((await window.inbox.next('status')).status).toMatchObject({ state: 'absent', keychain: 'system' });
    window.say({ type: 'create', passphrase: PASSPHRASE });
    await confirm(window);
    await window.inbox.next('unlocked');
    const unlocked = await keeper.main.next('unlocked');
    expect(unlocked.status).toMatchObject({ state: 'unlocked', items: 2, recovery: 'code', idleMinutes: 10 });
    expect(unlocked.keyId).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await keeper.main.next('close-window')).toMatchObject({ role: 'first-run' });
    expect(keeper.failures).toEqual([]);
  });

  it('announces and writes nothing after a wrong group, and takes the right one after it', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await new TestKeeper(directory.path).start();
    const window = keeper.window('first-run');
    window.say({ type: 'create', passphrase: PASSPHRASE });
    const { code } = await window.inbox.next('recovery-code');
    window.say({ type: 'confirm-recovery', lastGroup: code.slice(0, 5) });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'wrong-recovery-code' });
    expect(keeper.main.has('unlocked')).toBe(false);
    expect((await vaultAt(directory.path).inspect()).state).toBe('absent');
    window.say({ type: 'confirm-recovery', lastGroup: ` ${code.slice(-5).toLowerCase()}` });
    await keeper.main.next('unlocked');
  });

  it('forgets a vault whose window closed before the code was confirmed', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await new TestKeeper(directory.path).start();
    const window = keeper.window('first-run');
    window.say({ type: 'create', passphrase: PASSPHRASE });
    const { code } = await window.inbox.next('recovery-code');
    keeper.tell({ type: 'window-closed', role: 'first-run', subject: null });
    const second = keeper.window('first-run');
    second.say({ type: 'confirm-recovery', lastGroup: code.slice(-5) });
    expect(await second.inbox.next('error')).toMatchObject({ code: 'unexpected' });
    expect((await vaultAt(directory.path).inspect()).state).toBe('absent');
  });

  it('says that a passphrase is too short, and nothing else about it', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await new TestKeeper(directory.path).start();
    const window = keeper.window('first-run');
    window.say({ type: 'create', passphrase: 'elevenchars' });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'passphrase-too-short' });
  });

  it('answers busy while it works', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await new TestKeeper(directory.path).start();
    const window = keeper.window('first-run');
    window.say({ type: 'create', passphrase: PASSPHRASE });
    window.say({ type: 'create', passphrase: PASSPHRASE });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'busy' });
    await confirm(window);
    await keeper.main.next('unlocked');
  });
});

describe('unlock', () => {
  it('opens with the passphrase and tells main handles only', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await new TestKeeper(directory.path).start();
    const window = keeper.window('unlock');
    window.say({ type: 'unlock', passphrase: PASSPHRASE });
    const unlocked = await keeper.main.next('unlocked');
    expect(Object.keys(unlocked).sort()).toEqual(['keyId', 'publicKey', 'status', 'type']);
    expect(unlocked.status.warnings.join(' ')).toContain('passphrase-only');
    expect(JSON.stringify(keeper.main.all)).not.toContain(PASSPHRASE);
  });

  it('says wrong, then how long to wait, and greets a new window with the wait', async () => {
    await using directory = await disposableDirectory();
    const given = { clock: testClock() };
    await createVault(directory.path, given);
    await using keeper = await new TestKeeper(directory.path, given).start();
    const window = keeper.window('unlock');
    for (const waitSeconds of [null, null, 1]) {
      window.say({ type: 'unlock', passphrase: 'not the passphrase' });
      expect(await window.inbox.next('error')).toMatchObject({ code: 'wrong-passphrase', waitSeconds });
    }
    window.say({ type: 'unlock', passphrase: PASSPHRASE });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'too-many-attempts', waitSeconds: 1 });
    const second = keeper.window('unlock');
    second.say({ type: 'hello' });
    expect(await second.inbox.next('error')).toMatchObject({ code: 'too-many-attempts', waitSeconds: 1 });
    given.clock.advance(1);
    second.say({ type: 'unlock', passphrase: PASSPHRASE });
    await keeper.main.next('unlocked');
  });

  it('names a missing keychain and a missing half', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    await createVault(directory.path, { keychain });
    keychain.mood = 'refuses';
    await using keeper = await new TestKeeper(directory.path, { keychain }).start();
    const window = keeper.window('unlock');
    window.say({ type: 'unlock', passphrase: PASSPHRASE });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'keychain-missing' });
    keychain.mood = 'answers';
    keychain.entries.clear();
    window.say({ type: 'unlock', passphrase: PASSPHRASE });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'keychain-half-missing' });
  });

  it('offers the generation before a lost file, and uses it when told to', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await rm(join(directory.path, VAULT_FILE));
    await using keeper = await new TestKeeper(directory.path).start();
    const window = keeper.window('unlock');
    window.say({ type: 'hello' });
    expect(await window.inbox.next('status')).toMatchObject({
      status: { state: 'damaged' },
      previous: { generation: 1 },
    });
    window.say({ type: 'unlock', passphrase: PASSPHRASE });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'vault-damaged' });
    window.say({ type: 'unlock', passphrase: PASSPHRASE, acceptOlder: true });
    await keeper.main.next('unlocked');
  });

  it('takes the recovery code, a new passphrase, and the confirmation of the new code', async () => {
    await using directory = await disposableDirectory();
    const code = await createVault(directory.path);
    await using keeper = await new TestKeeper(directory.path).start();
    const window = keeper.window('unlock');
    window.say({ type: 'unlock-with-recovery', code, newPassphrase: 'short' });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'passphrase-too-short' });
    window.say({ type: 'unlock-with-recovery', code, newPassphrase: 'another long passphrase' });
    expect(await confirm(window)).not.toBe(code);
    await keeper.main.next('unlocked');
    await vaultAt(directory.path).unlock('another long passphrase', { acceptOlder: false });
  });

  it('opens once: a second window is told that it is open', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await new TestKeeper(directory.path).start();
    keeper.window('unlock').say({ type: 'unlock', passphrase: PASSPHRASE });
    await keeper.main.next('unlocked');
    const second = keeper.window('unlock');
    second.say({ type: 'create', passphrase: PASSPHRASE, startAnew: true });
    await second.inbox.next('unlocked');
    expect(keeper.main.all.filter((m) => m.type === 'unlocked')).toHaveLength(1);
  });
});

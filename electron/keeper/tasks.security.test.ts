import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { VaultContents, VaultTaskRequest, VaultUses } from '../../shared/ipc/vault.ts';
import { readAge, readArmour } from '../../tests/fixtures/age-reader.ts';
import { TestKeeper, type TestWindow } from '../../tests/fixtures/keeper.ts';
import { createVault, disposableDirectory, PASSPHRASE } from '../../tests/fixtures/vault.ts';
import { USES_FILE } from '../vault/use-journal.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 60_000 });

const VALUE = 'the-value-that-nobody-else-may-see';

async function unlocked(directory: string): Promise<TestKeeper> {
  await createVault(directory);
  const keeper = await new TestKeeper(directory).start();
  keeper.window('unlock').say({ type: 'unlock', passphrase: PASSPHRASE });
  await keeper.main.next('close-window');
  return keeper;
}

let tasks = 0;
async function windowFor(keeper: TestKeeper, request: VaultTaskRequest): Promise<TestWindow> {
  tasks += 1;
  const id = `t${tasks}`;
  keeper.tell({ type: 'vault-task', id, request });
  expect(await keeper.main.next('open-window')).toMatchObject({ role: 'vault', subject: id });
  const window = keeper.window('vault', id);
  window.say({ type: 'hello' });
  return window;
}

async function finish(keeper: TestKeeper, window: TestWindow): Promise<void> {
  window.say({ type: 'close-task' });
  await keeper.main.next('close-window');
}

async function contents(keeper: TestKeeper): Promise<VaultContents> {
  keeper.tell({ type: 'ask-vault', id: 'c', what: 'contents' });
  return (await keeper.main.next('vault-answer')).answer as VaultContents;
}

async function add(keeper: TestKeeper, label: string, change: object = {}): Promise<string> {
  const window = await windowFor(keeper, { task: 'add' });
  const item = { itemType: 'provider-secret', label, secret: VALUE, canary: false, ...change };
  window.say({ type: 'add-item', ...item });
  await window.inbox.next('task-done');
  await finish(keeper, window);
  return (await contents(keeper)).items.find((found) => found.label === label)?.id ?? 'none';
}

describe('an act on the vault', () => {
  it('adds, reveals, copies and exports, and main never has the value but by an explicit copy', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlocked(directory.path);
    keeper.tell({ type: 'ask-vault', id: 'k', what: 'keychain' });
    expect((await keeper.main.next('vault-answer')).answer).toBe('missing');
    const itemId = await add(keeper, 'provider', { canary: true });
    expect(JSON.stringify(keeper.main.all)).not.toContain(VALUE);
    const reveal = await windowFor(keeper, { task: 'reveal', itemId });
    expect(await reveal.inbox.next('task')).toMatchObject({ item: { label: 'provider' } });
    reveal.say({ type: 'reveal-item' });
    expect((await reveal.inbox.next('item-value')).value).toBe(VALUE);
    expect(await keeper.main.next('canary')).toMatchObject({ label: 'provider', action: 'reveal' });
    expect(JSON.stringify(keeper.main.all)).not.toContain(VALUE);
    reveal.say({ type: 'copy-item' });
    expect((await keeper.main.next('copy')).text).toBe(VALUE);
    await finish(keeper, reveal);
    const exporting = await windowFor(keeper, { task: 'export', itemId });
    const passphrase = 'the passphrase of the export';
    exporting.say({ type: 'export-item', to: { passphrase }, format: 'phantom' });
    const { text } = await keeper.main.next('save-file');
    const file = readArmour(text);
    // The work factor of the reference tool: a passphrase that leaves the machine is worth a second of scrypt.
    expect(file.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S{22} 18\n/);
    expect(readAge(file, { passphrase }).toString()).toBe(VALUE);
    keeper.tell({ type: 'ask-vault', id: 'u', what: 'uses' });
    const { uses, unsent } = (await keeper.main.next('vault-answer')).answer as VaultUses;
    expect(uses.map(({ action }) => action)).toEqual(['export', 'copy', 'reveal', 'unlock']);
    expect(unsent).toBe(4);
    expect(await readFile(join(directory.path, USES_FILE), 'utf8')).not.toContain(VALUE);
  });

  it('admits nothing but what its window was opened for, from no other window, and one at a time', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlocked(directory.path);
    const itemId = await add(keeper, 'kept');
    const rename = await windowFor(keeper, { task: 'rename', itemId });
    for (const message of [
      { type: 'reveal-item' },
      { type: 'copy-item' },
      { type: 'remove-item' },
      { type: 'drill', shares: ['x'] },
    ]) {
      rename.say(message);
      expect((await rename.inbox.next('error')).message).toContain('not opened for that');
    }
    keeper.tell({ type: 'vault-task', id: 'flood', request: { task: 'reveal', itemId } });
    const stranger = keeper.window('vault', 'flood');
    stranger.say({ type: 'reveal-item' });
    expect((await stranger.inbox.next('error')).message).toContain('done already');
    for (const role of ['unlock', 'reveal', 'card'] as const) {
      const other = keeper.window(role, 'flood');
      other.say({ type: 'reveal-item' });
      expect((await other.inbox.next('error')).message).toContain('may not ask');
    }
    rename.say({ type: 'rename-item', label: 'also kept' });
    await rename.inbox.next('task-done');
    expect((await contents(keeper)).items.map(({ label }) => label)).toContain('also kept');
    expect(keeper.failures).toEqual([]);
  });

  it('imports all or nothing, and names the line that is wrong without its content', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlocked(directory.path);
    const window = await windowFor(keeper, { task: 'import' });
    window.say({ type: 'import-items', text: `A=1\n${VALUE}\n`, label: 'x' });
    const refused = await window.inbox.next('error');
    expect(refused.message).toContain('Line 2');
    expect(JSON.stringify(refused)).not.toContain(VALUE);
    window.say({ type: 'import-items', text: '# c\nexport A="one two"\nB=\'3\' \nEMPTY=\n', label: 'x' });
    await window.inbox.next('task-done');
    expect((await contents(keeper)).items.map(({ label }) => label)).toEqual([null, null, 'A', 'B']);
  });

  it('makes shares that are written when the last was shown, and drills them', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlocked(directory.path);
    const making = await windowFor(keeper, { task: 'shares' });
    making.say({ type: 'make-shares', passphrase: 'not the passphrase', threshold: 2, count: 3 });
    expect(await making.inbox.next('error')).toMatchObject({ code: 'wrong-passphrase' });
    making.say({ type: 'make-shares', passphrase: PASSPHRASE, threshold: 2, count: 3 });
    await making.inbox.next('shares-made');
    making.say({ type: 'keep-shares' });
    expect((await making.inbox.next('error')).message).toContain('Write every share down');
    const words: string[] = [];
    for (const index of [1, 2, 3]) {
      making.say({ type: 'show-share', index });
      const share = await making.inbox.next('share');
      words.push(share.words);
      expect(share.qr.every((row) => row.length === share.qr.length)).toBe(true);
    }
    expect((await contents(keeper)).slots.some(({ shares }) => shares)).toBe(false);
    making.say({ type: 'keep-shares' });
    await making.inbox.next('task-done');
    await finish(keeper, making);
    const drill = await windowFor(keeper, { task: 'drill' });
    drill.say({ type: 'check-share', text: 'zoo '.repeat(32) });
    expect(await drill.inbox.next('error')).toMatchObject({ code: 'wrong-share' });
    drill.say({ type: 'check-share', text: words[2] });
    expect(await drill.inbox.next('share-read')).toMatchObject({ index: 3, threshold: 2 });
    drill.say({ type: 'drill', shares: [words[2], words[0]] });
    await drill.inbox.next('task-done');
    expect(JSON.stringify(keeper.main.all)).not.toContain(words[0]);
  });

  it('re-keys: nothing before the new code is confirmed, and then this process is done with the vault', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlocked(directory.path);
    const itemId = await add(keeper, 'kept');
    const window = await windowFor(keeper, { task: 'rekey' });
    window.say({ type: 'rekey', passphrase: PASSPHRASE });
    const { code } = await window.inbox.next('recovery-code');
    window.say({ type: 'confirm-recovery', lastGroup: 'AAAAA' });
    expect(await window.inbox.next('error')).toMatchObject({ code: 'wrong-recovery-code' });
    expect(keeper.main.has('rekeyed')).toBe(false);
    window.say({ type: 'confirm-recovery', lastGroup: code.split('-').at(-1) });
    await window.inbox.next('task-done');
    // Main ends the process on it; until it has, nothing opens and nothing is written.
    await keeper.main.next('rekeyed');
    await finish(keeper, window);
    const late = await windowFor(keeper, { task: 'reveal', itemId });
    late.say({ type: 'reveal-item' });
    expect((await late.inbox.next('error')).message).toContain('new keys');
    expect(late.inbox.has('item-value')).toBe(false);
    await using next = await new TestKeeper(directory.path).start();
    next.window('unlock').say({ type: 'unlock', passphrase: PASSPHRASE });
    await next.main.next('close-window');
    const reveal = await windowFor(next, { task: 'reveal', itemId });
    reveal.say({ type: 'reveal-item' });
    expect((await reveal.inbox.next('item-value')).value).toBe(VALUE);
  });

  it('is not there before the unlock', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    await using keeper = await new TestKeeper(directory.path).start();
    keeper.tell({ type: 'vault-task', id: 't', request: { task: 'add' } });
    keeper.tell({ type: 'ask-vault', id: 'q', what: 'contents' });
    expect((await keeper.main.next('vault-answer')).answer).toBeNull();
    keeper.tell({ type: 'ask-vault', id: 'k', what: 'keychain' });
    expect((await keeper.main.next('vault-answer')).answer).toBeNull();
    expect(keeper.main.has('open-window')).toBe(false);
  });
});

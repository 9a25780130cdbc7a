import { describe, expect, it, vi } from 'vitest';
import { approvalOf, digestOf, PROPOSED } from '../../tests/fixtures/approval-request.ts';
import { TestKeeper } from '../../tests/fixtures/keeper.ts';
import { createVault, disposableDirectory, PASSPHRASE } from '../../tests/fixtures/vault.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 30_000 });

async function unlockedKeeper(directory: string): Promise<TestKeeper> {
  await createVault(directory);
  const keeper = await new TestKeeper(directory).start();
  keeper.window('unlock').say({ type: 'unlock', passphrase: PASSPHRASE });
  await keeper.main.next('close-window');
  return keeper;
}

describe('an approval in the keeper', () => {
  it('is signed after its own window showed the card of the proposal, and not before', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell({ type: 'sign', id: 's1', request: approvalOf() });
    expect(await keeper.main.next('open-window')).toMatchObject({ role: 'card', subject: 's1' });
    const window = keeper.window('card', 's1');
    window.say({ type: 'card-decision', id: 's1', decision: 'sign' });
    expect(await window.inbox.next('error')).toMatchObject({ message: 'This card is not yours to decide.' });
    expect(keeper.main.has('signed')).toBe(false);
    window.say({ type: 'hello' });
    const { request } = await window.inbox.next('card');
    expect(request.card.title).toContain('second person');
    expect(request.card.fields).toContainEqual({ label: 'digest', value: digestOf(PROPOSED) });
    window.say({ type: 'card-decision', id: 's1', decision: 'sign' });
    const { headers } = await keeper.main.next('signed');
    expect(headers['sallyport-card']).toBe(request.cardHash);
    expect(headers['signature-input']).toContain('tag="sallyport-approval"');
  });

  it('is declined with its window, and signs nothing', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell({ type: 'sign', id: 's1', request: approvalOf() });
    await keeper.main.next('open-window');
    const window = keeper.window('card', 's1');
    window.say({ type: 'hello' });
    await window.inbox.next('card');
    window.close();
    expect(await keeper.main.next('not-signed')).toMatchObject({ id: 's1', reason: 'declined' });
    expect(keeper.main.has('signed')).toBe(false);
  });

  it('of something else than its digest opens no window at all', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    const other = { ...PROPOSED, body: '{"requestsPerMinute":601}' };
    keeper.tell({ type: 'sign', id: 's1', request: { ...approvalOf(), proposal: other } });
    expect(await keeper.main.next('not-signed')).toMatchObject({ id: 's1', reason: 'invalid-request' });
    expect(keeper.main.has('open-window')).toBe(false);
  });

  it('that is decided from another window is not decided', async () => {
    await using directory = await disposableDirectory();
    await using keeper = await unlockedKeeper(directory.path);
    keeper.tell({ type: 'sign', id: 's1', request: approvalOf() });
    await keeper.main.next('open-window');
    const own = keeper.window('card', 's1');
    own.say({ type: 'hello' });
    await own.inbox.next('card');
    const stranger = keeper.window('card', 's1');
    stranger.say({ type: 'card-decision', id: 's1', decision: 'sign' });
    expect(await stranger.inbox.next('error')).toMatchObject({ code: 'unexpected' });
    expect(keeper.main.has('signed')).toBe(false);
  });
});

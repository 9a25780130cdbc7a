import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { groundOf } from '../../tests/fixtures/custody-ground.ts';
import { doNextStep } from '../../tests/fixtures/rotation.ts';
import { consoleOf, introduced, walletOfTwo } from '../../tests/fixtures/two-consoles.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { VaultError } from '../vault/errors.ts';
import { CustodyDesk } from './custody-desk.ts';
import { Wires } from './wires.ts';

const now = () => new Date();
const full = () => new VaultError('write-failed', 'The journal of uses cannot be written.');

/** A desk whose vault is in memory, and what main was told by it. */
function deskAt(folder: string) {
  const mina = consoleOf('Mina', { now });
  const { ground, told } = groundOf(mina, { folder, now });
  const keychain = vi.fn(async () => 'system' as const);
  const list = { list: mina.second.holdings.list, sharesSlot: () => null };
  const desk = new CustodyDesk({
    ...{ ...ground, holdings: () => list, keychain, wires: new Wires(ground.tell) },
    changed: async () => undefined,
  });
  return {
    mina,
    ground,
    told,
    keychain,
    desk,
    last: () => told.findLast(({ type }) => /^custody-/.test(type)),
  };
}

it('tells main what was done, also when custody cannot be looked at after it', async () => {
  await using directory = await disposableDirectory();
  const { desk, ground, keychain, last } = deskAt(directory.path);
  await ground.rotation.open('quarterly', null);
  for (let step = 0; step < 2; step += 1) await doNextStep(ground.rotation);
  await desk.ask('restart', { what: 'act', act: { act: 'hydrate' } });
  keychain.mockRejectedValue(full());
  const send = vi.fn();
  await desk.answer({ role: 'vault', subject: 'restart', send }, { type: 'ceremony-act', values: {} });
  expect(last()).toMatchObject({
    type: 'custody-answer',
    id: 'restart',
    answer: { restart: true, state: null },
  });
  expect(send).not.toHaveBeenCalledWith(expect.objectContaining({ type: 'error' }));
  expect((await ground.rotation.ceremonies())[0]?.unfinished).toBe('hydrated');
  // A look is refused, with the reason; so is what was seen outside told as done.
  await desk.ask('look', { what: 'state' });
  expect(last()).toMatchObject({ type: 'custody-refused', id: 'look', message: full().message });
  const fingerprint = (await ground.rotation.ceremonies())[0]?.done.generated?.wallet.fingerprint ?? '';
  await desk.ask('seen', { what: 'hydrated', evidence: { fingerprint, sessionsRevoked: 0 } });
  expect(last()).toMatchObject({ type: 'custody-answer', id: 'seen', answer: { state: null } });
});

it('shows the rest of custody when no use can be written down, and names what it could not look at', async () => {
  await using directory = await disposableDirectory();
  const { mina, desk, ground, last } = deskAt(directory.path);
  await ground.rotation.open('quarterly', null);
  await walletOfTwo(mina, consoleOf('Omar', { now }));
  const persons = await introduced(mina, consoleOf('Olga', { now }));
  await mina.second.keep(randomBytes(32), randomUUID(), persons, 'imported');
  vi.spyOn(mina.second.holdings, 'shared').mockRejectedValue(full());
  vi.spyOn(mina.second, 'anchor').mockRejectedValue(full());
  await desk.ask('look', { what: 'state' });
  expect(last()).toMatchObject({
    type: 'custody-answer',
    answer: {
      state: {
        current: { reason: 'quarterly' },
        unread: [{ message: full().message }, { message: full().message }],
        approvals: { state: 'unread', trouble: full().message, deeds: [] },
      },
    },
  });
});

import { describe, expect, it, vi } from 'vitest';
import { forgedUse } from '../../tests/fixtures/secret-uses.ts';
import { createUseSender } from './use-sender.ts';

/** A journal of so many uses, and a service that may be away. */
function rig(count: number) {
  const waiting = Array.from({ length: count }, forgedUse);
  const state = { away: false, forgets: false };
  const call = vi.fn(async () => {
    if (state.away) throw new Error('away');
    return { status: 200, body: {} };
  });
  const sender = createUseSender({
    unsent: async () => waiting.slice(0, 50),
    sent: (last) => {
      if (!state.forgets) waiting.splice(0, waiting.findIndex(({ id }) => id === last) + 1);
    },
    call,
  });
  return { waiting, state, call, sender };
}

describe('the sender of uses', () => {
  it('sends all that wait, in requests of fifty, and nothing when nothing waits', async () => {
    const { waiting, call, sender } = rig(120);
    sender.send();
    await vi.waitFor(() => expect(waiting).toHaveLength(0));
    expect(call).toHaveBeenCalledTimes(3);
    sender.send();
    await vi.waitFor(() => expect(call).toHaveBeenCalledTimes(3));
  });

  it('leaves them where they are while the service is away, and sends them when told again', async () => {
    const { waiting, state, call, sender } = rig(2);
    state.away = true;
    sender.send();
    await vi.waitFor(() => expect(call).toHaveBeenCalledTimes(1));
    expect(waiting).toHaveLength(2);
    state.away = false;
    await vi.waitFor(() => {
      sender.send();
      expect(waiting).toHaveLength(0);
    });
  });

  it('does not go round for ever when what was sent cannot be written down', async () => {
    const { state, call, sender } = rig(2);
    state.forgets = true;
    sender.send();
    await vi.waitFor(() => expect(call).toHaveBeenCalledTimes(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(call).toHaveBeenCalledTimes(1);
  });
});

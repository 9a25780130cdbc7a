import { describe, expect, it, vi } from 'vitest';
import type { ConnectedProfile } from '../keeper/protocol.ts';
import { remoteService } from './remote-service.ts';

const PROFILE: ConnectedProfile = {
  id: '11111111-1111-4111-8111-111111111111',
  ...{ kind: 'remote', name: 'Production', origin: 'https://ops.example.org:8443' },
  ...{ pin: `${'A'.repeat(43)}=`, token: 'token-of-it', keyId: 'k'.repeat(43), publicKey: 'p'.repeat(43) },
};

/** A service that answers or does not, and a clock that only the test moves. */
function rig({ chance = 1 }: { chance?: number } = {}) {
  const waits: number[] = [];
  const state = { answers: false, looks: 0, hold: null as Promise<void> | null };
  let due: (() => void) | null = null;
  const onServing = vi.fn();
  const service = remoteService(PROFILE, {
    look: async () => {
      state.looks += 1;
      await state.hold;
      if (!state.answers) throw new Error('connection refused');
    },
    setTimer: (run, ms) => {
      waits.push(ms);
      due = run;
      const cancel = (): void => {
        if (due === run) due = null;
      };
      return { cancel };
    },
    random: () => chance,
    ...{ onChange: () => undefined, onServing },
  });
  /** Lets the pause end, and waits until the next one has begun. */
  const next = async (): Promise<void> => {
    const before = waits.length;
    due?.();
    await vi.waitFor(() => expect(waits.length).toBe(before + 1));
  };
  const first = async (): Promise<void> => {
    service.unlocked();
    await vi.waitFor(() => expect(waits).toHaveLength(1));
  };
  return { service, state, waits, next, first, onServing, isWaiting: () => due !== null };
}

describe('a remote service that does not answer', () => {
  it('is tried ever more rarely, after two minutes at the latest', async () => {
    const t = rig();
    await t.first();
    for (let n = 0; n < 6; n += 1) await t.next();
    expect(t.waits).toEqual([15_000, 30_000, 60_000, 120_000, 120_000, 120_000, 120_000]);
    expect(t.service.connection()).toMatchObject({ state: 'offline' });
  });

  it('leaves up to half of each pause to chance', async () => {
    const t = rig({ chance: 0 });
    await t.first();
    for (let n = 0; n < 4; n += 1) await t.next();
    expect(t.waits).toEqual([7_500, 15_000, 30_000, 60_000, 60_000]);
  });

  it('is looked at every 15 s again as soon as it answers, and one failure then is the first', async () => {
    const t = rig();
    await t.first();
    await t.next();
    t.state.answers = true;
    await t.next();
    await t.next();
    expect(t.waits.slice(2)).toEqual([15_000, 15_000]);
    expect(t.onServing).toHaveBeenCalledOnce();
    t.state.answers = false;
    await t.next();
    expect(t.waits.at(-1)).toBe(15_000);
  });
});

describe('a person who says: now', () => {
  it('does not wait for the pause, and the next pause is a short one again', async () => {
    const t = rig();
    await t.first();
    for (let n = 0; n < 5; n += 1) await t.next();
    expect(t.waits.at(-1)).toBe(120_000);
    await t.service.retry();
    expect(t.waits.at(-1)).toBe(15_000);
    t.state.answers = true;
    await t.service.retry();
    expect(t.service.connection().state).toBe('connected');
  });

  it('however often, asks once at a time and leaves one timer', async () => {
    const t = rig();
    await t.first();
    let answer: () => void = () => undefined;
    t.state.hold = new Promise((resolve) => {
      answer = resolve;
    });
    const presses = [t.service.retry(), t.service.retry(), t.service.retry()];
    expect(t.state.looks).toBe(2);
    answer();
    await Promise.all(presses);
    expect([t.state.looks, t.waits.length]).toEqual([2, 2]);
  });

  it('asks nothing behind a lock, and an answer that comes after one changes nothing', async () => {
    const t = rig();
    await t.first();
    let answer: () => void = () => undefined;
    t.state.hold = new Promise((resolve) => {
      answer = resolve;
    });
    t.state.answers = true;
    const pressed = t.service.retry();
    await t.service.stop();
    answer();
    await pressed;
    expect(t.service.connection().state).toBe('locked');
    expect(t.isWaiting()).toBe(false);
    await t.service.retry();
    expect([t.state.looks, t.onServing.mock.calls.length]).toEqual([2, 0]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { Pushed } from '../../shared/ipc/stream.ts';
import { subscribe } from './subscription.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const bootstrap = (next: number) =>
  event('bootstrap', {
    head: { size: next, root: '0'.repeat(64), epoch: 1 },
    next,
    at: '2026-01-01T00:00:00.000Z',
  });
const entry = (number: number) =>
  event('entry', {
    id: 'evt_0123456789abcdefghjkmnpqrs',
    number,
    state: 'integrated',
    kind: 'key.created',
    category: 'key',
    at: '2026-01-01T00:00:00.000Z',
    actor: { type: 'system', id: 'x', name: null },
    agent: null,
    requestId: null,
    data: {},
    leafHash: '0'.repeat(64),
  });

/** Connections that each play a script and then end, fail or stay open until they are aborted. */
function rig(after: number | null, scripts: readonly (readonly string[] | 'refuse' | 'silent')[]) {
  const asked: (number | null)[] = [];
  const pushed: Pushed[] = [];
  const timers = new Map<() => void, number>();
  let at = 0;
  async function* play(script: readonly string[] | 'silent', signal: AbortSignal) {
    if (script !== 'silent') for (const text of script) yield encode(text);
    else
      await new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      );
  }
  const subscription = subscribe(after, {
    connect: async (lastEventId, signal) => {
      asked.push(lastEventId);
      const script = scripts[at] ?? 'silent';
      at += 1;
      if (script === 'refuse') throw new Error('refused');
      return play(script, signal);
    },
    push: (item) => pushed.push(item),
    setTimer: (run, ms) => {
      timers.set(run, ms);
      return { cancel: () => timers.delete(run) };
    },
    random: () => 1,
  });
  const elapse = async (ms: number) => {
    await vi.waitFor(() => expect([...timers.values()]).toContain(ms));
    for (const [run, due] of timers)
      if (due === ms) {
        timers.delete(run);
        run();
      }
  };
  const states = () => pushed.flatMap((item) => (item.type === 'stream' ? [item.state] : []));
  const numbers = () => pushed.flatMap((item) => (item.type === 'entry' ? [item.entry.number] : []));
  return { subscription, asked, pushed, elapse, states, numbers };
}

describe('subscription', () => {
  it('resumes after the last entry it pushed, none lost and none twice', async () => {
    const t = rig(null, [
      [bootstrap(5), entry(5), entry(6)],
      [bootstrap(7), entry(6), entry(7)],
    ]);
    await t.elapse(250);
    await vi.waitFor(() => expect(t.numbers()).toEqual([5, 6, 7]));
    expect(t.asked.slice(0, 2)).toEqual([null, 6]);
    await t.subscription.close();
  });

  it('survives an event that is cut anywhere', async () => {
    const text = bootstrap(0) + entry(0) + entry(1);
    const t = rig(-1, [[...text]]);
    await vi.waitFor(() => expect(t.numbers()).toEqual([0, 1]));
    await t.subscription.close();
  });

  it('waits longer after each failure and says so', async () => {
    const t = rig(3, ['refuse', 'refuse', [bootstrap(4)], 'refuse']);
    for (const ms of [250, 500, 250]) await t.elapse(ms);
    await vi.waitFor(() => expect(t.asked).toHaveLength(4));
    expect(t.states().slice(0, 7)).toEqual([
      'connecting',
      'waiting',
      'connecting',
      'waiting',
      'connecting',
      'live',
      'waiting',
    ]);
    await t.subscription.close();
  });

  it('tries at once when it is told that the service serves', async () => {
    const t = rig(null, ['refuse', [bootstrap(0)]]);
    await vi.waitFor(() => expect(t.states()).toContain('waiting'));
    t.subscription.retryNow();
    await vi.waitFor(() => expect(t.states()).toContain('live'));
    await t.subscription.close();
  });

  it('gives up a connection that says nothing', async () => {
    const t = rig(null, ['silent', [bootstrap(0)]]);
    await t.elapse(35_000);
    await t.elapse(250);
    await vi.waitFor(() => expect(t.states()).toContain('live'));
    await t.subscription.close();
  });

  it.each([
    ['is no JSON', 'event: entry\ndata: {\n\n'],
    ['breaks the contract', event('entry', { number: 1 })],
    ['skips a number', bootstrap(0) + entry(1)],
  ])('gives up a connection whose event %s', async (_name, text) => {
    const t = rig(null, [[text], [bootstrap(0), entry(0)]]);
    await t.elapse(250);
    await vi.waitFor(() => expect(t.numbers()).toEqual([0]));
    await t.subscription.close();
  });

  it('ends when it is closed, connected or waiting', async () => {
    const open = rig(null, ['silent']);
    await vi.waitFor(() => expect(open.asked).toHaveLength(1));
    await open.subscription.close();
    const waiting = rig(null, ['refuse']);
    await vi.waitFor(() => expect(waiting.states()).toContain('waiting'));
    await waiting.subscription.close();
    expect(waiting.asked).toHaveLength(1);
  });
});

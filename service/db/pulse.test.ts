import { describe, expect, it } from 'vitest';
import { ALIVE_MS, Pulse } from './pulse.ts';

/** A channel that delivers when the test says so, and clocks that the test moves. */
function setUp() {
  const time = { monotonic: 1000, wall: 5_000_000 };
  const pulse = new Pulse('me', () => ({ ...time }));
  const sent: string[] = [];
  return {
    pulse,
    sent,
    time,
    pass: (ms: number) => {
      time.monotonic += ms;
      time.wall += ms;
    },
    beat: () =>
      pulse.beat(async (payload) => {
        sent.push(payload);
      }),
    echo: () => pulse.hear(sent.at(-1) ?? ''),
  };
}

describe('a pulse', () => {
  it('is alive from the echo on, for as long as its ping was sent less than the bound ago', async () => {
    const { pulse, beat, echo, pass } = setUp();
    expect(pulse.isAlive()).toBe(false);
    await beat();
    expect(pulse.isAlive()).toBe(false);
    pass(100);
    expect(echo()).toBe(true);
    expect(pulse.isAlive()).toBe(true);
    pass(ALIVE_MS - 101);
    expect(pulse.isAlive()).toBe(true);
    pass(1);
    expect(pulse.isAlive()).toBe(false);
  });

  it('counts from the sending: an echo that took longer than the bound proves nothing', async () => {
    const { pulse, beat, echo, pass } = setUp();
    await beat();
    pass(ALIVE_MS);
    echo();
    expect(pulse.isAlive()).toBe(false);
  });

  it('takes no ping of another process, no earlier one of its own and no change for its echo', async () => {
    const { pulse, sent, beat } = setUp();
    await beat();
    await beat();
    expect(pulse.hear('ping:you:2')).toBe(true);
    expect(pulse.hear(sent[0] ?? '')).toBe(true);
    expect(pulse.hear('')).toBe(false);
    expect(pulse.hear('0'.repeat(64))).toBe(false);
    expect(pulse.isAlive()).toBe(false);
  });

  it('has one ping on its way at a time, and goes on after one that failed', async () => {
    const { pulse, sent, beat } = setUp();
    let fail: (error: Error) => void = () => undefined;
    const failed = pulse.beat(() => new Promise((_resolve, reject) => (fail = reject)));
    await beat();
    expect(sent).toEqual([]);
    fail(new Error('gone'));
    await expect(failed).rejects.toThrow('gone');
    await beat();
    expect(sent).toHaveLength(1);
  });

  it('is not alive after a sleep that only the wall clock saw, nor after that clock went back', async () => {
    const { pulse, beat, echo, time } = setUp();
    await beat();
    echo();
    time.wall += 3_600_000;
    expect(pulse.isAlive()).toBe(false);
    time.wall -= 3_600_001;
    expect(pulse.isAlive()).toBe(false);
    time.wall += 2;
    expect(pulse.isAlive()).toBe(true);
  });

  it('proves nothing of a connection that took the place of another, not even by an echo that comes late', async () => {
    const { pulse, beat, echo } = setUp();
    await beat();
    echo();
    pulse.lose();
    expect(pulse.isAlive()).toBe(false);
    echo();
    expect(pulse.isAlive()).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { watchClock } from './clock-watch.ts';

function watched() {
  const time = { wall: 1_800_000_000_000, passed: 0 };
  const told: number[] = [];
  const state = { writable: true };
  const look = watchClock(
    { now: () => new Date(time.wall), monotonic: () => time.passed },
    async (seconds) => {
      if (!state.writable) throw new Error('no');
      told.push(seconds);
    },
  );
  const pass = (ms: number, wallMs = ms) => {
    time.passed += ms;
    time.wall += wallMs;
  };
  return { look, pass, told, state };
}

describe('the clock watch', () => {
  it('tells each jump once, with its direction', async () => {
    const { look, pass, told } = watched();
    pass(1_000, 3_601_000);
    await look();
    pass(1_000);
    await look();
    pass(1_000, -3_599_000);
    await look();
    await look();
    expect(told).toEqual([3_600, -3_600]);
  });

  it('says nothing of time that passes, however long, nor of small corrections', async () => {
    const { look, pass, told } = watched();
    pass(86_400_000);
    await look();
    for (let n = 0; n < 100; n += 1) {
      pass(1_000, 1_400);
      await look();
    }
    expect(told).toEqual([]);
  });

  it('tells a jump that could not be written at the next look', async () => {
    const { look, pass, told, state } = watched();
    pass(1_000, 61_000);
    state.writable = false;
    await expect(look()).rejects.toThrow('no');
    state.writable = true;
    await look();
    expect(told).toEqual([60]);
  });
});

import { describe, expect, it } from 'vitest';
import { changeRate, frameRate, latencies } from './latency.ts';

const released = [
  { at: 1000, size: 10 },
  { at: 1010, size: 13 },
  { at: 1020, size: 15 },
];

describe('the time from the event to the screen', () => {
  it('ends for each entry with the first frame that has it', () => {
    const frames = [
      { at: 1005, size: 10 },
      { at: 1016, size: 12 },
      { at: 1033, size: 15 },
    ];
    expect(latencies(released, frames)).toEqual([6, 6, 23, 13, 13]);
  });

  it('takes one frame for entries of several writes', () => {
    expect(latencies(released, [{ at: 1040, size: 15 }])).toEqual([30, 30, 30, 20, 20]);
  });

  it('never ends for what did not come to the screen', () => {
    const late = latencies(released, [{ at: 1016, size: 12 }]);
    expect(late).toEqual([6, 6, Infinity, Infinity, Infinity]);
    expect(latencies(released, [])).toEqual(Array(5).fill(Infinity));
  });

  it('has nothing to say of a source that wrote nothing', () => {
    expect(latencies([{ at: 1000, size: 10 }], [{ at: 1001, size: 10 }])).toEqual([]);
  });
});

describe('the frame rate of a stream', () => {
  it('counts the frames while entries were written, and none before or after', () => {
    const frames = [990, 1000, 1016, 1100].map((at) => ({ at, size: 15 }));
    expect(frameRate(released, frames)).toBe(100);
  });

  it('is told apart from how often the list changed', () => {
    const frames = [
      [1000, 10],
      [1005, 12],
      [1010, 12],
      [1015, 15],
    ].map(([at = 0, size = 0]) => ({ at, size }));
    expect([frameRate(released, frames), changeRate(released, frames)]).toEqual([200, 150]);
  });
});

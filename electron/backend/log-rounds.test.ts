import { describe, expect, it } from 'vitest';
import { headReportOf } from '../../tests/fixtures/screen/evidence.ts';
import { createLogRounds } from './log-rounds.ts';

function rounds() {
  const timers: (() => void)[] = [];
  const said: string[] = [];
  const state = { report: headReportOf(5), mirrored: 0, fails: false };
  const made = createLogRounds({
    look: async () => {
      if (state.fails) throw new Error('nobody there');
      return state.report;
    },
    mirror: async () => {
      state.mirrored += 1;
    },
    alarm: (text) => void said.push(text),
    setTimer: (run) => {
      timers.push(run);
      return { cancel: () => void timers.splice(timers.indexOf(run), 1) };
    },
  });
  return { ...made, timers, said, state };
}

describe('the rounds of a witness', () => {
  it('look and mirror while the vault is open, and no more after a lock', async () => {
    const t = rounds();
    t.open();
    expect(t.timers).toHaveLength(1);
    await t.now();
    expect(t.state.mirrored).toBe(1);
    t.close();
    expect(t.timers).toHaveLength(0);
  });

  it('say an alarm once, mirror nothing of it, and say it again when it comes again', async () => {
    const t = rounds();
    t.state.report = headReportOf(5, { state: 'fork', problem: 'it forked' });
    await t.now();
    await t.now();
    expect(t.said).toEqual(['The log is not what this console verified: it forked. Open the Ledger.']);
    expect(t.state.mirrored).toBe(0);
    t.state.report = headReportOf(6);
    await t.now();
    t.state.report = headReportOf(5, { state: 'fork', problem: 'it forked' });
    await t.now();
    expect(t.said).toHaveLength(2);
  });

  it('outlive a round that fails', async () => {
    const t = rounds();
    t.state.fails = true;
    await t.now();
    t.state.fails = false;
    await t.now();
    expect(t.state.mirrored).toBe(1);
  });
});

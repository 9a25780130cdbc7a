import { describe, expect, it, vi } from 'vitest';
import { headReportOf } from '../../tests/fixtures/screen/evidence.ts';
import { createLogRounds } from './log-rounds.ts';

function rounds() {
  const timers: (() => void)[] = [];
  const said: string[] = [];
  const state = { report: headReportOf(5), mirrored: 0, fails: false, mirroring: Promise.resolve() };
  const made = createLogRounds({
    look: async () => {
      if (state.fails) throw new Error('nobody there');
      return state.report;
    },
    mirror: () => {
      state.mirrored += 1;
      return state.mirroring;
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

  it('say of a fork whether the service knows, and again when it does', async () => {
    const t = rounds();
    const fork = { state: 'fork', problem: 'it forked' } as const;
    const down = { state: 'pending', message: 'The service does not answer.' } as const;
    t.state.report = headReportOf(5, { ...fork, told: down });
    await t.now();
    await t.now();
    t.state.report = headReportOf(5, { ...fork, told: { state: 'told', message: null } });
    await t.now();
    await t.now();
    expect(t.said).toEqual([
      expect.stringContaining('could not be told: The service does not answer.'),
      expect.stringContaining('The service was told, and alerts its operators.'),
    ]);
  });

  it('look on while the mirror runs, and outlive its failure', async () => {
    const t = rounds();
    let fail = (_error: Error): void => undefined;
    const promise = new Promise<void>((_, reject) => {
      fail = reject;
    });
    t.state.mirroring = promise;
    t.open();
    t.timers[0]?.();
    await vi.waitFor(() => expect(t.timers).toHaveLength(2));
    t.state.report = headReportOf(5, { state: 'fork', problem: 'it forked' });
    await t.now();
    expect(t.said).toHaveLength(1);
    fail(new Error('the disk is gone'));
    await expect(promise).rejects.toThrow('the disk is gone');
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

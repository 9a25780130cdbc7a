import { describe, expect, it, vi } from 'vitest';
import { CONSOLE_CHECK_SECONDS, STALE_AFTER_MS } from '../../shared/boundaries/health.ts';
import type { ConsoleCheck } from '../../shared/http/console-checks.ts';
import { CHECK_EVERY_MS, createConsoleChecks, FIRST_CHECK_MS, RETRY_MS } from './console-checks.ts';

const found = { status: 'ok', evidence: 'x' } as const;
const report: ConsoleCheck = {
  ...{ packaged: true, keychain: found, fuses: found, sandbox: found, durationMs: 1 },
};

function checks() {
  const timers: { run: () => void; ms: number }[] = [];
  const call = vi.fn(async () => ({ status: 200, body: {} }));
  const check = vi.fn(async () => report);
  const enrolment = vi.fn(async () => ({ state: 'enrolled' as 'enrolled' | 'not-enrolled' | 'unknown' }));
  const made = createConsoleChecks({
    ...{ enrolment, check },
    call,
    setTimer: (run, ms) => {
      const one = { run, ms };
      timers.push(one);
      return { cancel: () => void timers.splice(timers.indexOf(one), 1) };
    },
  });
  const elapse = () => timers.shift()?.run();
  return { ...made, timers, call, check, enrolment, elapse };
}

describe('the checks of a console', () => {
  it('are signed for the service while the vault is open, and no more after a lock', async () => {
    const t = checks();
    t.open();
    expect(t.timers.map(({ ms }) => ms)).toEqual([FIRST_CHECK_MS]);
    t.elapse();
    await vi.waitFor(() => expect(t.timers.map(({ ms }) => ms)).toEqual([CHECK_EVERY_MS]));
    expect(t.call.mock.calls).toEqual([[{ route: 'boundaries.checkConsole', body: report }]]);
    t.close();
    expect(t.timers).toEqual([]);
  });

  it('are soon repeated after one that nobody took, until one is taken', async () => {
    const t = checks();
    t.call.mockRejectedValueOnce(new Error('service down'));
    t.open();
    t.elapse();
    await vi.waitFor(() => expect(t.timers.map(({ ms }) => ms)).toEqual([RETRY_MS]));
    t.elapse();
    await vi.waitFor(() => expect(t.timers.map(({ ms }) => ms)).toEqual([CHECK_EVERY_MS]));
    expect(t.call).toHaveBeenCalledTimes(2);
  });

  it('attack the keychain once for a report that only could not be sent, and anew when it has grown old', async () => {
    const t = checks();
    t.call.mockRejectedValue(new Error('service down'));
    t.open();
    const tries = 1 + CHECK_EVERY_MS / RETRY_MS;
    for (let sent = 1; sent <= tries; sent += 1) {
      t.elapse();
      await vi.waitFor(() => expect(t.timers).toHaveLength(1));
      expect(t.call).toHaveBeenCalledTimes(sent);
      expect(t.check).toHaveBeenCalledTimes(sent < tries ? 1 : 2);
    }
    // What was found before a lock is not sent after it.
    t.close();
    t.open();
    t.call.mockResolvedValue({ status: 200, body: {} });
    t.elapse();
    await vi.waitFor(() => expect(t.timers.map(({ ms }) => ms)).toEqual([CHECK_EVERY_MS]));
    expect(t.check).toHaveBeenCalledTimes(3);
    // Whoever has it asks for a new one.
    t.elapse();
    await vi.waitFor(() => expect(t.check).toHaveBeenCalledTimes(4));
  });

  it.each(['not-enrolled', 'unknown'] as const)('attack nothing while the service says %s', async (state) => {
    const t = checks();
    t.enrolment.mockResolvedValueOnce({ state });
    t.open();
    t.elapse();
    await vi.waitFor(() => expect(t.timers.map(({ ms }) => ms)).toEqual([RETRY_MS]));
    expect(t.check).not.toHaveBeenCalled();
    t.elapse();
    await vi.waitFor(() => expect(t.call).toHaveBeenCalledTimes(1));
  });

  it('come not back when the vault was locked while one was under way', async () => {
    const t = checks();
    let done = () => {};
    const under = new Promise<void>((resolve) => {
      done = resolve;
    });
    t.call.mockImplementationOnce(async () => {
      await under;
      return { status: 200, body: {} };
    });
    t.open();
    t.elapse();
    await vi.waitFor(() => expect(t.call).toHaveBeenCalled());
    t.close();
    done();
    await under;
    await Promise.resolve();
    expect(t.timers).toEqual([]);
  });

  it('are sent at once where the console is on another service, and then by the clock of that one', async () => {
    const t = checks();
    t.open();
    t.elapse();
    await vi.waitFor(() => expect(t.timers.map(({ ms }) => ms)).toEqual([CHECK_EVERY_MS]));
    t.moved();
    expect(t.timers.map(({ ms }) => ms)).toEqual([0]);
    t.elapse();
    await vi.waitFor(() => expect(t.timers.map(({ ms }) => ms)).toEqual([CHECK_EVERY_MS]));
    expect(t.call).toHaveBeenCalledTimes(2);
  });

  it('begin at no move while the vault is locked', () => {
    const t = checks();
    t.moved();
    t.open();
    t.close();
    t.moved();
    expect(t.timers).toEqual([]);
  });

  it('come in time for the service to lose one', () => {
    expect(CHECK_EVERY_MS).toBe(CONSOLE_CHECK_SECONDS * 1_000);
    expect(2 * CHECK_EVERY_MS).toBeLessThan(STALE_AFTER_MS);
  });
});

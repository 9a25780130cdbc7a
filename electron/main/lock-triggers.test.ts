import { describe, expect, it, vi } from 'vitest';
import { watchLockTriggers } from './lock-triggers.ts';
import { saysLocked, sessionPath } from './screen-lock.ts';

function triggers() {
  let check: () => void = () => undefined;
  let screen: () => void = () => undefined;
  const listeners: Record<string, () => void> = {};
  const idle = { seconds: 0 };
  const lock = vi.fn();
  const cancel = vi.fn();
  const stop = watchLockTriggers({
    power: { getSystemIdleTime: () => idle.seconds, on: (name, listener) => (listeners[name] = listener) },
    setInterval: (run) => {
      check = run;
      return { cancel };
    },
    idleMinutes: () => 2,
    watchScreen: (onLock) => {
      screen = onLock;
      return cancel;
    },
    lock,
  });
  return { listeners, idle, lock, cancel, stop, check: () => check(), screen: () => screen() };
}

describe('lock triggers', () => {
  it('lock when nobody was there for the configured time, and not before', () => {
    const t = triggers();
    t.idle.seconds = 119;
    t.check();
    expect(t.lock).not.toHaveBeenCalled();
    t.idle.seconds = 120;
    t.check();
    expect(t.lock).toHaveBeenCalledWith('idle');
  });

  it('lock with the screen and before sleep', () => {
    const t = triggers();
    t.listeners['lock-screen']?.();
    t.screen();
    t.listeners.suspend?.();
    expect(t.lock.mock.calls).toEqual([['screen-lock'], ['screen-lock'], ['suspend']]);
  });

  it('stop when told', () => {
    const t = triggers();
    t.stop();
    expect(t.cancel).toHaveBeenCalledTimes(2);
  });
});

describe('a signal on the bus', () => {
  const active = (name: string, value: unknown) => ({
    interface: name,
    member: 'ActiveChanged',
    body: [value],
  });
  const login = (path: string, member = 'Lock') => ({
    interface: 'org.freedesktop.login1.Session',
    member,
    path,
  });

  it('of a locker says locked when it becomes active', () => {
    expect(saysLocked(active('org.gnome.ScreenSaver', true), null)).toBe(true);
    expect(saysLocked(active('org.gnome.ScreenSaver', false), null)).toBe(false);
    expect(saysLocked(active('org.example.Other', true), null)).toBe(false);
    expect(saysLocked({}, null)).toBe(false);
  });

  it('of logind counts for our session', () => {
    const own = sessionPath('3');
    expect(own).toBe('/org/freedesktop/login1/session/_33');
    expect(sessionPath('c2')).toBe('/org/freedesktop/login1/session/c2');
    expect(saysLocked(login(own), own)).toBe(true);
    expect(saysLocked(login(sessionPath('4')), own)).toBe(false);
    expect(saysLocked(login(sessionPath('4')), null)).toBe(true);
    expect(saysLocked(login(own, 'Unlock'), own)).toBe(false);
  });
});

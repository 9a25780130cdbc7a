import { describe, expect, it, vi } from 'vitest';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { KeeperEvents } from './keeper-link.ts';
import { type AppOpening, Lifecycle, type TrustedOpening } from './lifecycle.ts';
import { LOCK_SENTENCE } from './lock-triggers.ts';

const status = (state: VaultStatus['state']): VaultStatus => ({
  state,
  protection: 'passphrase-and-keychain',
  keychain: 'system',
  items: 2,
  generation: 1,
  recovery: 'code',
  unlockedAt: null,
  idleMinutes: 10,
  warnings: [],
});
const KEY = { keyId: 'k', publicKey: 'p' };

/** Records everything the lifecycle does, in order, and lets a test play keeper and user. */
function rig(initial: VaultStatus['state'] = 'locked', seen: VaultStatus['state'] = initial) {
  const log: string[] = [];
  const keepers: KeeperEvents[] = [];
  const trusted: TrustedOpening[] = [];
  const apps: AppOpening[] = [];
  const timers: (() => void)[] = [];
  const act = vi.fn((what: string) => void log.push(what));
  const lifecycle: Lifecycle = new Lifecycle({
    forkKeeper: (events) => {
      keepers.push(events);
      const name = `keeper ${keepers.length}`;
      log.push(`fork ${name}`);
      return {
        start: () => undefined,
        attachWindow: (role) => log.push(`attach ${role}`),
        windowClosed: (role, subject) => log.push(`tell closed ${role} ${subject}`),
        kill: () => log.push(`kill ${name} while ${lifecycle.isUnlocked ? 'open' : 'shut'}`),
        sign: () => Promise.reject(new Error('not asked')),
        reveal: () => undefined,
        provideKeys: () => undefined,
        setIdleMinutes: () => undefined,
        openTask: () => undefined,
        usesSent: () => undefined,
        witness: () => Promise.reject(new Error('nothing is witnessed here')),
        services: () => Promise.reject(new Error('not asked')),
        custody: () => Promise.reject(new Error('not asked')),
        member: () => Promise.reject(new Error('not asked')),
        askVault: () => Promise.reject(new Error('not asked')),
        pid: () => keepers.length,
      };
    },
    openTrusted: (opening) => {
      trusted.push(opening);
      log.push(`open ${opening.role}${opening.addition ? ` (${opening.addition})` : ''}`);
      return { destroy: () => log.push(`destroy ${opening.role}`) };
    },
    openApp: (opening) => {
      apps.push(opening);
      log.push('open app');
      return { destroy: () => act('destroy app') };
    },
    vaultDirectory: '/vault',
    hasVault: () => seen !== 'absent',
    idleMinutes: () => 10,
    didUnlock: () => log.push('did unlock'),
    didLock: () => act('did lock'),
    didChangeStatus: () => undefined,
    usesWaiting: () => undefined,
    payerKey: () => undefined,
    saveFile: () => undefined,
    copy: (text) => log.push(`copy ${text}`),
    notice: (level) => log.push(`notice ${level}`),
    stepFailed: (step) => log.push(`failed: ${step}`),
    say: () => log.push('say'),
    quit: () => log.push('quit'),
    setTimer: (run) => {
      timers.push(run);
      return { cancel: () => undefined };
    },
    now: () => 0,
  });
  /** The newest trusted window has its page. */
  const load = () => trusted.at(-1)?.attach({});
  lifecycle.start();
  load();
  keepers[0]?.started(status(initial));
  const open = () => keepers.at(-1)?.unlocked(KEY);
  const clear = () => log.splice(0);
  return { lifecycle, log, keepers, trusted, apps, timers, act, load, open, clear };
}

describe('at the start', () => {
  it('opens the window that the vault’s state asks for', () => {
    expect(rig('absent').log[0]).toBe('open first-run');
    expect(rig('locked').log[0]).toBe('open unlock');
    expect(rig('damaged').log[0]).toBe('open unlock');
  });

  it('opens it before there is a keeper, and once', () => {
    expect(rig('locked').log).toEqual(['open unlock', 'fork keeper 1', 'attach unlock']);
  });

  it('takes the keeper’s word against what the folder looked like', () => {
    expect(rig('absent', 'locked').log.slice(-2)).toEqual(['destroy unlock', 'open first-run']);
    expect(rig('damaged', 'absent').log.slice(-2)).toEqual(['destroy first-run', 'open unlock']);
  });

  it('forks no second keeper for a window that takes the place of another', () => {
    const t = rig('absent', 'locked');
    t.load();
    expect(t.log.at(-1)).toBe('attach first-run');
    expect(t.keepers).toHaveLength(1);
  });

  it('is locked, and opens no card', () => {
    const t = rig();
    t.clear();
    t.keepers[0]?.openWindow('card', 'c1');
    expect(t.lifecycle.isUnlocked).toBe(false);
    expect(t.log).toEqual([]);
  });
});

describe('unlocking', () => {
  it('opens the application and closes the trusted window, once', () => {
    const t = rig();
    t.clear();
    t.open();
    t.open();
    expect(t.log).toEqual(['did unlock', 'open app', 'destroy unlock']);
    expect(t.lifecycle.key).toEqual(KEY);
  });
});

describe('locking', () => {
  it('follows a re-key: the keeper that held the former keys is killed, and a new one asks for the passphrase', () => {
    const t = rig();
    t.keepers[0]?.rekeyed();
    expect(t.log).not.toContain('kill keeper 1 while shut');
    t.open();
    t.clear();
    t.keepers[0]?.rekeyed();
    expect(t.log).toContain('kill keeper 1 while shut');
    expect(t.log.at(-1)).toBe(`open unlock (${LOCK_SENTENCE.rekeyed})`);
    t.load();
    expect(t.keepers).toHaveLength(2);
  });

  it('shuts the gate first, then ends keeper, windows and what they held, and starts a new keeper', () => {
    const t = rig();
    t.open();
    t.keepers[0]?.openWindow('card', 'c1');
    t.keepers[0]?.openWindow('reveal', 'r1');
    t.clear();
    t.lifecycle.lock('idle');
    expect(t.log).toEqual([
      'kill keeper 1 while shut',
      'destroy card',
      'destroy reveal',
      'destroy app',
      'did lock',
      'open unlock (locked because nobody used this computer)',
    ]);
    t.load();
    expect(t.log.slice(6)).toEqual(['fork keeper 2', 'attach unlock']);
    t.keepers[1]?.status(status('locked'));
    t.keepers[1]?.started(status('locked'));
    expect(t.log).toHaveLength(8);
    expect(t.lifecycle.status?.state).toBe('locked');
  });

  it('takes every other step when one fails, and a new keeper follows', () => {
    for (const broken of ['destroy app', 'did lock']) {
      const t = rig();
      t.open();
      t.clear();
      t.act.mockImplementation((what) => {
        if (what === broken) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        t.log.push(what);
      });
      t.lifecycle.lock('idle');
      t.load();
      expect(t.lifecycle.isUnlocked).toBe(false);
      expect(t.log.filter((line) => line.startsWith('failed'))).toHaveLength(1);
      expect(t.log).toContain(broken === 'did lock' ? 'destroy app' : 'did lock');
      expect(t.log.slice(-2)).toEqual(['fork keeper 2', 'attach unlock']);
    }
  });

  it('does nothing while locked', () => {
    const t = rig();
    t.clear();
    t.lifecycle.lock('demand');
    expect(t.log).toEqual([]);
  });
});

describe('a card', () => {
  it('that the user closes is told to the keeper, one that the keeper closes is not', () => {
    const t = rig();
    t.open();
    t.keepers[0]?.openWindow('card', 'c1');
    t.keepers[0]?.openWindow('card', 'c1');
    t.clear();
    t.trusted.at(-1)?.onClosed('user');
    expect(t.log).toEqual(['tell closed card c1']);
    t.keepers[0]?.openWindow('card', 'c2');
    t.clear();
    t.keepers[0]?.closeWindow('card', 'c2');
    expect(t.log).toEqual(['destroy card']);
  });
});

describe('a crash', () => {
  it('of the keeper while open locks, says so and starts another', () => {
    const t = rig();
    t.open();
    t.clear();
    t.keepers[0]?.died();
    expect(t.lifecycle.isUnlocked).toBe(false);
    // The notice waits for the next page: the one that was open is gone.
    expect(t.log.slice(-2)).toEqual([`open unlock (${LOCK_SENTENCE['keeper-died']})`, 'notice error']);
    t.load();
    expect(t.keepers).toHaveLength(2);
  });

  it('of the keeper while locked replaces it and its window after a moment', () => {
    const t = rig();
    t.clear();
    t.keepers[0]?.died();
    expect(t.log).toEqual(['destroy unlock']);
    t.timers[0]?.();
    expect(t.log.at(-1)).toBe(`open unlock (${LOCK_SENTENCE['keeper-died']})`);
    t.load();
    expect(t.log.slice(-2)).toEqual(['fork keeper 2', 'attach unlock']);
  });

  it('of the keeper again and again ends with a sentence', () => {
    const t = rig();
    for (let i = 0; i < 3; i += 1) {
      t.keepers.at(-1)?.died();
      t.timers.at(-1)?.();
      t.load();
    }
    t.clear();
    t.keepers.at(-1)?.died();
    expect(t.log).toEqual(expect.arrayContaining(['say', 'quit']));
  });

  it('of the renderer opens the application again and says so; again and again, it locks', () => {
    const t = rig();
    t.open();
    t.clear();
    t.apps.at(-1)?.onRendererGone('crashed');
    expect(t.log).toEqual(['destroy app', 'open app', 'notice warning']);
    for (let i = 0; i < 3; i += 1) t.apps.at(-1)?.onRendererGone('crashed');
    expect(t.lifecycle.isUnlocked).toBe(false);
  });

  it('of a trusted page opens it again', () => {
    const t = rig();
    t.clear();
    t.trusted.at(-1)?.onClosed('crashed');
    expect(t.log).toEqual(['tell closed unlock null', 'open unlock']);
  });
});

describe('closing', () => {
  it('the front window or the application quits', () => {
    const locked = rig();
    locked.trusted.at(-1)?.onClosed('user');
    expect(locked.log.at(-1)).toBe('quit');
    const open = rig();
    open.open();
    open.apps.at(-1)?.onClosedByUser();
    expect(open.log.at(-1)).toBe('quit');
  });

  it('the console forgets everything and opens nothing again', () => {
    const t = rig();
    t.open();
    t.clear();
    t.lifecycle.end();
    t.lifecycle.start();
    t.keepers[0]?.unlocked(KEY);
    expect(t.log).toEqual(['kill keeper 1 while shut', 'destroy app', 'did lock']);
  });
});

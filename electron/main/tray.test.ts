import type { MenuItemConstructorOptions } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Pushed } from '../../shared/ipc/stream.ts';

/** Electron's own, as far as the tray goes; `broken` is a desktop that has none. */
const desktop = vi.hoisted(() => ({
  broken: false,
  icons: [] as string[],
  tip: '',
  menu: [] as MenuItemConstructorOptions[],
  clicked: (): void => undefined,
  made: 0,
  destroyed: 0,
}));

vi.mock('electron', () => ({
  Notification: { isSupported: () => false },
  nativeImage: { createFromPath: (path: string) => path },
  Menu: { buildFromTemplate: (template: unknown) => template },
  Tray: class {
    constructor(icon: string) {
      if (desktop.broken) throw new Error('no tray here');
      desktop.made += 1;
      desktop.icons.push(icon);
    }
    setImage(icon: string): void {
      desktop.icons.push(icon);
    }
    setToolTip(tip: string): void {
      desktop.tip = tip;
    }
    setContextMenu(menu: MenuItemConstructorOptions[]): void {
      desktop.menu = menu;
    }
    on(_event: string, listener: () => void): void {
      desktop.clicked = listener;
    }
    destroy(): void {
      desktop.destroyed += 1;
    }
  },
}));
const { ConsoleTray, trayStateOf, trayWords } = await import('./tray.ts');

const ON_BUNDLED = { kind: 'bundled', name: 'Bundled service', state: 'ready' } as const;
const LIVE = { isUnlocked: true, service: 'running', connection: ON_BUNDLED } as const;
const remote = (state: 'connected' | 'offline') =>
  ({ ...LIVE, connection: { kind: 'remote', name: 'Production', state } }) as const;

const raised = (severity: unknown): Pushed => ({
  type: 'entry',
  entry: {
    ...{ id: `evt_${'0'.repeat(26)}`, number: 1, state: 'integrated', category: 'incident' },
    ...{ at: '2026-01-01T00:00:00.000Z', actor: { type: 'system', id: '-', name: null } },
    ...{ agent: null, requestId: null, leafHash: null, kind: 'alert.raised' },
    data: { incidentId: `inc_${'0'.repeat(26)}`, rule: 'refresh-reuse', severity, subject: 'acc_secret' },
  },
});

beforeEach(() => {
  Object.assign(desktop, { broken: false, icons: [], tip: '', menu: [], made: 0, destroyed: 0 });
});

function tray(isPractice = false) {
  const deps = {
    icon: (state: string) => state,
    isPractice,
    facts: vi.fn((): Parameters<typeof trayStateOf>[0] => LIVE),
    ...{ open: vi.fn(), lock: vi.fn(), quit: vi.fn(), absent: vi.fn() },
  };
  const made = new ConsoleTray(deps);
  const also = vi.fn();
  return { tray: made, hear: made.hearing(also), also, deps };
}

const choose = (label: string): void => {
  const item = desktop.menu.find((one) => one.label === label);
  (item?.click as (() => void) | undefined)?.();
};

describe('what the tray shows', () => {
  it.each([
    [LIVE, false, 'live', 'Live (service running)'],
    [{ ...LIVE, service: 'down' }, false, 'offline', 'Offline (service down)'],
    [{ ...LIVE, service: 'starting' }, false, 'offline', 'Offline (service starting)'],
    [{ ...LIVE, isUnlocked: false }, false, 'locked', 'Locked (service running)'],
    [remote('connected'), false, 'live', 'Live (Production connected)'],
    [remote('offline'), false, 'offline', 'Offline (Production offline)'],
    [
      { ...LIVE, isUnlocked: false },
      true,
      'alarm',
      'Alarm: a grave alert was raised (locked, service running)',
    ],
  ] as const)('is a state with its words: %o', (facts, isAlarmed, state, words) => {
    expect(trayStateOf(facts, isAlarmed)).toBe(state);
    expect(trayWords(state, facts)).toBe(words);
  });

  it('follows the console, each state with its own sign, words and menu', () => {
    const t = tray();
    t.tray.show();
    expect(desktop.icons.at(-1)).toBe('live');
    expect(desktop.tip).toBe('Sallyport: Live (service running)');
    t.deps.facts.mockReturnValue({ ...LIVE, isUnlocked: false });
    t.tray.refresh();
    expect(desktop.icons.at(-1)).toBe('locked');
    expect(desktop.menu.map(({ label, enabled }) => [label, enabled])).toEqual([
      ['Locked (service running)', false],
      [undefined, undefined],
      ['Open Sallyport', undefined],
      ['Lock now', false],
      ['Quit', undefined],
    ]);
  });

  it('says of a practice console that it is one, in every state', () => {
    const t = tray(true);
    t.tray.show();
    expect(desktop.tip).toBe('Sallyport: Practice console. Live (service running)');
    t.hear(raised(1));
    expect(desktop.tip).toContain('Practice console. Alarm');
    expect(desktop.menu[0]?.label).toContain('Practice console.');
  });

  it('is drawn anew only when it says something else', () => {
    const t = tray();
    t.tray.show();
    const drawn = desktop.icons.length;
    t.tray.refresh();
    t.tray.show();
    expect(desktop.icons).toHaveLength(drawn);
    expect(desktop.made).toBe(1);
  });
});

describe('an alarm', () => {
  it('stays until somebody has come to look, and names nobody', () => {
    const t = tray();
    t.tray.show();
    t.hear(raised(1));
    expect(desktop.icons.at(-1)).toBe('alarm');
    expect(desktop.tip).not.toContain('acc_secret');
    t.tray.refresh();
    expect(desktop.icons.at(-1)).toBe('alarm');
    desktop.clicked();
    expect(t.deps.open).toHaveBeenCalledOnce();
    expect(desktop.icons.at(-1)).toBe('live');
    t.hear(raised(2));
    t.tray.seen();
    expect(desktop.icons.at(-1)).toBe('live');
  });

  it('is none for what is less grave, or malformed', () => {
    const t = tray();
    t.tray.show();
    for (const severity of [3, 4, '1', null]) t.hear(raised(severity));
    expect(desktop.icons.at(-1)).toBe('live');
    expect(t.also).toHaveBeenCalledTimes(4);
  });
});

describe('the menu', () => {
  it('opens, locks and quits', () => {
    const t = tray();
    t.tray.show();
    for (const label of ['Open Sallyport', 'Lock now', 'Quit']) choose(label);
    for (const act of [t.deps.open, t.deps.lock, t.deps.quit]) expect(act).toHaveBeenCalledOnce();
    t.tray.close();
    expect(desktop.destroyed).toBe(1);
  });
});

describe('a desktop without a tray', () => {
  it('is no error: the console goes on, and its log says why', () => {
    desktop.broken = true;
    const t = tray();
    t.tray.show();
    t.tray.refresh();
    t.hear(raised(1));
    t.tray.close();
    expect(t.deps.absent).toHaveBeenCalledOnce();
    expect([desktop.made, desktop.destroyed]).toEqual([0, 0]);
  });

  it('before the first unlock shows nothing', () => {
    const t = tray();
    t.tray.refresh();
    t.hear(raised(1));
    expect(desktop.made).toBe(0);
    t.tray.show();
    expect(desktop.icons.at(-1)).toBe('alarm');
  });
});

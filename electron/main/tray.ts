import { app, Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { Connection } from '../../shared/ipc/services.ts';
import type { Pushed } from '../../shared/ipc/stream.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import type { Backend } from '../backend/backend.ts';
import { whereOf } from '../ipc/gate.ts';
import { isGrave } from './alarm.ts';
import type { Ground } from './ground.ts';
import type { Lifecycle } from './lifecycle.ts';

export type TrayState = 'locked' | 'live' | 'alarm' | 'offline';

interface Facts {
  readonly isUnlocked: boolean;
  readonly service: ServiceStatus['state'];
  readonly connection: Pick<Connection, 'kind' | 'name' | 'state'>;
}

const serves = ({ service, connection }: Facts): boolean =>
  connection.kind === 'bundled' ? service === 'running' : connection.state === 'connected';

/** What the tray shows. An alarm stays until somebody has come to look, also through a lock. */
export function trayStateOf(facts: Facts, isAlarmed: boolean): TrayState {
  if (isAlarmed) return 'alarm';
  if (!facts.isUnlocked) return 'locked';
  return serves(facts) ? 'live' : 'offline';
}

/** The state in words, for whoever cannot tell it by its sign. It names no subject of an alert: a bar is seen by passers-by. */
export function trayWords(state: TrayState, { isUnlocked, service, connection }: Facts): string {
  const on = connection.kind === 'bundled' ? `service ${service}` : `${connection.name} ${connection.state}`;
  const vault = isUnlocked ? 'unlocked' : 'locked';
  if (state === 'alarm') return `Alarm: a grave alert was raised (${vault}, ${on})`;
  if (state === 'locked') return `Locked (${on})`;
  return `${state === 'live' ? 'Live' : 'Offline'} (${on})`;
}

interface Deps {
  /** A console for sample data; said before its state. */
  readonly isPractice: boolean;
  readonly icon: (state: TrayState) => string;
  readonly facts: () => Facts;
  readonly open: () => void;
  readonly lock: () => void;
  readonly quit: () => void;
  /** A desktop without a tray is no error; why there is none goes to the log. */
  readonly absent: (error: unknown) => void;
}

/** The console's sign in the system's tray, from the first unlock on: before it the unlock window is all there is. */
export class ConsoleTray {
  readonly #deps: Deps;
  #tray: Tray | null = null;
  #isAlarmed = false;
  #shown = '';

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Once; where the desktop has none, nothing happens. */
  show(): void {
    const { icon, facts } = this.#deps;
    this.#safely(() => {
      if (this.#tray) return;
      this.#tray = new Tray(nativeImage.createFromPath(icon(trayStateOf(facts(), this.#isAlarmed))));
      this.#tray.on('click', this.#look);
      this.#draw();
    });
  }

  readonly refresh = (): void => this.#safely(() => this.#draw());

  /** Hears what somebody else hears too. */
  hearing(also: (item: Pushed) => void): (item: Pushed) => void {
    return (item) => {
      also(item);
      if (!isGrave(item)) return;
      this.#isAlarmed = true;
      this.refresh();
    };
  }

  /** Somebody has the console before them. */
  readonly seen = (): void => {
    this.#isAlarmed = false;
    this.refresh();
  };

  close(): void {
    this.#safely(() => this.#tray?.destroy());
    this.#tray = null;
  }

  readonly #look = (): void => {
    this.#deps.open();
    this.seen();
  };

  #menu(words: string, isUnlocked: boolean): MenuItemConstructorOptions[] {
    const { lock, quit } = this.#deps;
    return [
      { label: words, enabled: false },
      { type: 'separator' },
      { label: 'Open Sallyport', click: this.#look },
      { label: 'Lock now', enabled: isUnlocked, click: lock },
      { label: 'Quit', click: quit },
    ];
  }

  #draw(): void {
    if (!this.#tray) return;
    const facts = this.#deps.facts();
    const state = trayStateOf(facts, this.#isAlarmed);
    const words = `${this.#deps.isPractice ? 'Practice console. ' : ''}${trayWords(state, facts)}`;
    if (this.#shown === words) return;
    this.#shown = words;
    this.#tray.setImage(nativeImage.createFromPath(this.#deps.icon(state)));
    this.#tray.setToolTip(`Sallyport: ${words}`);
    this.#tray.setContextMenu(Menu.buildFromTemplate(this.#menu(words, facts.isUnlocked)));
  }

  /** A tray that was there may go away with its desktop's bar: it costs the console nothing. */
  #safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#tray = null;
      this.#deps.absent(error);
    }
  }
}

interface Around {
  readonly lifecycle: () => Pick<Lifecycle, 'isUnlocked' | 'lock'>;
  readonly backend: () => Pick<Backend, 'service' | 'connection'>;
  readonly open: () => void;
}

/** The tray of this console. */
export const trayOf = (
  { paths, log, isPractice }: Pick<Ground, 'paths' | 'log' | 'isPractice'>,
  around: Around,
): ConsoleTray =>
  new ConsoleTray({
    isPractice,
    icon: paths.trayIcon,
    facts: () => ({
      isUnlocked: around.lifecycle().isUnlocked,
      service: around.backend().service.status().state,
      connection: around.backend().connection(),
    }),
    open: around.open,
    lock: () => around.lifecycle().lock('demand'),
    quit: () => app.quit(),
    absent: (error) => log.warn({ tray: whereOf(error) }),
  });

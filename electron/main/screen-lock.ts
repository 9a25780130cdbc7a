import type { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import type { MessageBus } from '@jellybrick/dbus-next';

/** Desktop lockers that announce themselves on the session bus; all say `ActiveChanged(true)`. */
const LOCKERS = [
  'org.freedesktop.ScreenSaver',
  'org.gnome.ScreenSaver',
  'org.cinnamon.ScreenSaver',
  'org.mate.ScreenSaver',
];
const LOGIN_SESSION = 'org.freedesktop.login1.Session';
const SYSTEM_BUS_SOCKET = '/run/dbus/system_bus_socket';

interface Signal {
  readonly interface?: string;
  readonly member?: string;
  readonly path?: string;
  readonly body?: readonly unknown[];
}

/** logind's object path of a session: every character that is not alphanumeric, and a leading digit, as `_hex`. */
export function sessionPath(id: string): string {
  const escaped = [...id].map((char, at) =>
    /[A-Za-z]/.test(char) || (at > 0 && /\d/.test(char)) ? char : `_${char.charCodeAt(0).toString(16)}`,
  );
  return `/org/freedesktop/login1/session/${escaped.join('')}`;
}

/**
 * Whether a signal says that this user's screen was locked. Any program of the user can send one: all it can do is lock.
 * @param ownSession logind's path of this session, or null to take any session's lock for ours
 */
export function saysLocked(signal: Signal, ownSession: string | null): boolean {
  if (signal.member === 'ActiveChanged')
    return LOCKERS.includes(signal.interface ?? '') && signal.body?.[0] === true;
  if (signal.member !== 'Lock' || signal.interface !== LOGIN_SESSION) return false;
  return ownSession === null || signal.path === ownSession;
}

const rule = (name: string, member: string): string => `type='signal',interface='${name}',member='${member}'`;

interface Watching {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLock: () => void;
  readonly log: (event: { screenLock: string; bus: string }) => void;
}

type Dbus = typeof import('@jellybrick/dbus-next');

async function listen(
  dbus: Pick<Dbus, 'Message'>,
  bus: MessageBus,
  name: string,
  rules: readonly string[],
  watching: Watching,
): Promise<void> {
  const { environment, onLock, log } = watching;
  const own = environment.XDG_SESSION_ID ? sessionPath(environment.XDG_SESSION_ID) : null;
  // The library emits it and leaves it out of its types; unheard it would end the process.
  (bus as EventEmitter).on('error', () => log({ screenLock: 'bus lost', bus: name }));
  bus.on('message', (signal: Signal) => {
    if (saysLocked(signal, own)) onLock();
  });
  const target = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' };
  for (const body of rules) {
    const call = {
      ...target,
      interface: 'org.freedesktop.DBus',
      member: 'AddMatch',
      signature: 's',
      body: [body],
    };
    await bus.call(new dbus.Message(call));
  }
  log({ screenLock: 'watching', bus: name });
}

/**
 * Watches for a screen lock on Linux, where Electron has no event for it. A bus that is missing is logged and no error:
 * idle, suspend and demand still lock.
 * @returns stops watching
 */
function watchScreenLock(watching: Watching): () => void {
  const buses: MessageBus[] = [];
  let stopped = false;
  const watch = (dbus: Dbus): void => {
    const open = (name: string, connect: () => MessageBus, rules: readonly string[]): void => {
      try {
        const bus = connect();
        buses.push(bus);
        listen(dbus, bus, name, rules, watching).catch(() =>
          watching.log({ screenLock: 'not watched', bus: name }),
        );
      } catch {
        watching.log({ screenLock: 'not watched', bus: name });
      }
    };
    const busAddress = watching.environment.DBUS_SESSION_BUS_ADDRESS;
    const rules = LOCKERS.map((name) => rule(name, 'ActiveChanged'));
    if (busAddress) open('session', () => dbus.sessionBus({ busAddress }), rules);
    if (existsSync(SYSTEM_BUS_SOCKET)) open('system', () => dbus.systemBus(), [rule(LOGIN_SESSION, 'Lock')]);
  };
  // Loaded when there is something to lock: the unlock window must not wait for it.
  import('@jellybrick/dbus-next').then(
    (dbus) => (stopped ? undefined : watch(dbus)),
    () => watching.log({ screenLock: 'not watched', bus: 'any' }),
  );
  return () => {
    stopped = true;
    for (const bus of buses) bus.disconnect();
  };
}

/** How this system says that its screen was locked; elsewhere than on Linux, Electron hears it itself. */
export const screenWatcher =
  (log: Watching['log']) =>
  (onLock: () => void): (() => void) =>
    process.platform === 'linux'
      ? watchScreenLock({ environment: process.env, onLock, log })
      : () => undefined;

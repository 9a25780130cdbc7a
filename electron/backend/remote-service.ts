import type { Connection, ConnectionState } from '../../shared/ipc/services.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { ConnectedProfile } from '../keeper/protocol.ts';
import type { Service } from './backend.ts';
import { pinErrorIn } from './pinned.ts';

/** How often a remote service is looked at; a call of a page that fails is seen by that page at once. */
const EVERY_MS = 15_000;

const SEEN: Readonly<Record<ConnectionState, ServiceStatus['state']>> = {
  ...{ ready: 'running', connected: 'running', connecting: 'starting' },
  ...{ offline: 'down', refused: 'down', 'pin-changed': 'down', missing: 'down', locked: 'stopped' },
};

const OFFLINE =
  'The service cannot be reached. It is tried again every 15 seconds; check the network and its host.';
const REFUSED =
  'The service refused the admin token. Ask for the one in force, then add the service anew and remove this one.';

interface Seen {
  readonly state: ConnectionState;
  readonly problem: string | null;
}

/** What an attempt that failed says about the service. */
export function stateOf(error: unknown): Seen {
  const pin = pinErrorIn(error);
  if (pin) return { state: 'pin-changed', problem: pin.message };
  const status = error instanceof Refusal ? error.service?.status : undefined;
  if (status === 401 || status === 403) return { state: 'refused', problem: REFUSED };
  if (error instanceof Refusal && error.code === 'request-failed')
    // In words of its own it is there; in none that this console knows, it is something else.
    return error.service
      ? { state: 'connected', problem: null }
      : { state: 'refused', problem: error.message };
  return { state: 'offline', problem: OFFLINE };
}

interface Deps {
  /** Reads something with the token; rejects with what went wrong. */
  readonly look: () => Promise<unknown>;
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
  readonly onChange: () => void;
  /** It answers, after it did not. */
  readonly onServing: () => void;
}

export interface RemoteService extends Service {
  readonly connection: () => Connection;
}

/** A service on another host, over TLS with a pinned key. It is looked at while the vault is open; nothing of it is started or stopped. */
export function remoteService(profile: ConnectedProfile, deps: Deps): RemoteService {
  const { id, kind, name, origin, pin, token } = profile;
  let seen: Seen = { state: 'connecting', problem: null };
  let timer: { cancel(): void } | null = null;
  let isOpen = false;

  const say = (next: Seen): void => {
    if (!isOpen) return;
    const [before, isNew] = [seen.state, next.state !== seen.state || next.problem !== seen.problem];
    seen = next;
    if (isNew) deps.onChange();
    if (next.state === 'connected' && before !== 'connected') deps.onServing();
  };
  const round = async (): Promise<void> => {
    say(await deps.look().then(() => ({ state: 'connected', problem: null }) as const, stateOf));
    if (isOpen) timer = deps.setTimer(() => void round(), EVERY_MS);
  };
  const stop = async (): Promise<void> => {
    isOpen = false;
    timer?.cancel();
    seen = { state: 'locked', problem: null };
  };
  return {
    unlocked(): void {
      if (isOpen) return;
      isOpen = true;
      void round();
    },
    status: () => ({ state: SEEN[seen.state], processes: [], api: null, resolver: null }),
    connection: () => ({ id, kind, name, host: new URL(origin).host, ...seen }),
    endpoint: () => (isOpen ? { origin, pin, token } : null),
    setAdminTokens: () => undefined,
    restart: async () => {
      throw new Refusal('not-available', 'A remote service is restarted on its own host, not from here.');
    },
    stop,
  };
}

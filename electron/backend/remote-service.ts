import type { Connection, ConnectionState } from '../../shared/ipc/services.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { ConnectedProfile } from '../keeper/protocol.ts';
import type { Service } from './backend.ts';
import { pinErrorIn } from './pinned.ts';

/** How often a remote service is looked at; a call of a page that fails is seen by that page at once. */
const EVERY_MS = 15_000;
/** While it does not answer, each wait is twice the one before, up to this. */
const LONGEST_MS = 120_000;

/**
 * How long to wait after so many failures in a row. Up to half of it is left to chance, so that consoles which lost a service at
 * one moment do not come back to it at one moment.
 */
function waitAfter(failures: number, random: () => number): number {
  if (failures === 0) return EVERY_MS;
  const longest = Math.min(EVERY_MS * 2 ** Math.min(failures - 1, 10), LONGEST_MS);
  return Math.round(longest / 2 + (longest / 2) * random());
}

const SEEN: Readonly<Record<ConnectionState, ServiceStatus['state']>> = {
  ...{ ready: 'running', connected: 'running', connecting: 'starting' },
  ...{ offline: 'down', refused: 'down', 'pin-changed': 'down', missing: 'down', locked: 'stopped' },
};

const OFFLINE =
  'The service cannot be reached. It is tried again by itself, after two minutes at the latest; check the network and its host, then try it now.';
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
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly onChange: () => void;
  /** It answers, after it did not. */
  readonly onServing: () => void;
}

export interface RemoteService extends Service {
  readonly connection: () => Connection;
  /** Looks at once and waits no longer than at first; resolves when it has looked. A look that is under way is the one. */
  readonly retry: () => Promise<void>;
}

/** A service on another host, over TLS with a pinned key. It is looked at while the vault is open; nothing of it is started or stopped. */
export function remoteService(profile: ConnectedProfile, deps: Deps): RemoteService {
  const { id, kind, name, origin, pin, token } = profile;
  let seen: Seen = { state: 'connecting', problem: null };
  let timer: { cancel(): void } | null = null;
  /** Stands for the time from an unlock to the next lock: what was asked before it says nothing after it. */
  let opening: object | null = null;
  let looking: Promise<void> | null = null;
  let failures = 0;

  const say = (next: Seen): void => {
    const [before, isNew] = [seen.state, next.state !== seen.state || next.problem !== seen.problem];
    seen = next;
    if (isNew) deps.onChange();
    if (next.state === 'connected' && before !== 'connected') deps.onServing();
  };
  const round = async (mine: object): Promise<void> => {
    const found = await deps.look().then(() => ({ state: 'connected', problem: null }) as const, stateOf);
    if (opening !== mine) return;
    failures = found.state === 'connected' ? 0 : failures + 1;
    say(found);
    looking = null;
    timer = deps.setTimer(() => void look(mine), waitAfter(failures, deps.random));
  };
  const look = (mine: object): Promise<void> => {
    timer?.cancel();
    looking ??= round(mine);
    return looking;
  };
  const stop = async (): Promise<void> => {
    opening = looking = null;
    timer?.cancel();
    seen = { state: 'locked', problem: null };
  };
  return {
    unlocked(): void {
      if (opening) return;
      opening = {};
      failures = 0;
      void look(opening);
    },
    retry: async (): Promise<void> => {
      if (!opening) return;
      failures = 0;
      await look(opening);
    },
    status: () => ({ state: SEEN[seen.state], processes: [], api: null, resolver: null }),
    connection: () => ({ id, kind, name, host: new URL(origin).host, ...seen }),
    endpoint: () => (opening ? { origin, pin, token } : null),
    setAdminTokens: () => undefined,
    restart: async () => {
      throw new Refusal('not-available', 'A remote service is restarted on its own host, not from here.');
    },
    stop,
  };
}

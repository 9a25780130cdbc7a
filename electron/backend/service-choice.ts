import type {
  Connection,
  ConnectRequest,
  ProfileRequest,
  ServicesReport,
} from '../../shared/ipc/services.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { ConnectedProfile, ServicesAnswer, ServicesAsk } from '../keeper/protocol.ts';
import type { Service } from './backend.ts';
import { noService } from './no-service.ts';
import type { RemoteService } from './remote-service.ts';

const BUNDLED: Connection = {
  ...{ id: null, kind: 'bundled', name: 'Bundled service', host: null, state: 'ready', problem: null },
};
const MISSING =
  'The remote service that was chosen is not in the vault any more. Choose another one in Settings; nothing is started until then.';

interface Deps {
  readonly bundled: Service;
  readonly remote: (profile: ConnectedProfile) => RemoteService;
  readonly keeper: (ask: ServicesAsk) => Promise<ServicesAnswer>;
  /** Why nothing may leave this machine; null when it may. */
  readonly closed: () => string | null;
  /** Why this console may have no other service at all; null when it may. */
  readonly alone: () => string | null;
  /** Forgets streams, clients and whatever was read; awaited before another service is spoken to. */
  readonly leave: () => Promise<void>;
  /** The console is on another service, or that one changed. */
  readonly changed: () => void;
  /** Everything the page shows is of the service that was left. */
  readonly renewPage: () => void;
  readonly notice: (text: string) => void;
}

interface On {
  readonly service: Service;
  /** Looks at it now, because a person said so. Resolves when it has been looked at. */
  readonly retry: () => Promise<void>;
  readonly profile: ConnectedProfile | null;
  readonly connection: () => Connection;
}

const nowhere = (state: 'missing' | 'locked', problem: string | null): On => ({
  ...{ service: noService(), profile: null, retry: async () => undefined },
  connection: () => ({ ...BUNDLED, kind: 'remote', name: 'Remote service', state, problem }),
});

/**
 * The one service that this console is on. The keeper says which, because a person decided it in a trusted window; here the former one
 * is left before the next is spoken to.
 */
export class ServiceChoice {
  readonly #deps: Deps;
  readonly #onBundled: On;
  readonly service: Service;
  #on: On;
  #profiles: ServicesReport['profiles'] = [];
  /** Changes with every unlock and lock, so that what waited across one changes nothing. */
  #unlock: object | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#onBundled = {
      ...{ service: deps.bundled, profile: null, connection: () => BUNDLED },
      retry: async () => undefined,
    };
    this.#on = this.#onBundled;
    this.service = this.#facade();
  }

  #facade(): Service {
    const { bundled } = this.#deps;
    return {
      unlocked: () => this.#unlocked(),
      status: () => this.#on.service.status(),
      endpoint: () => this.#on.service.endpoint(),
      setAdminTokens: bundled.setAdminTokens,
      restart: () => this.#on.service.restart(),
      stop: async () => {
        await this.#on.service.stop();
        await bundled.stop();
      },
    };
  }

  readonly connection = (): Connection => this.#on.connection();

  /** Stands for the service that this console is on: another one, another object. */
  readonly at = (): object => this.#on;

  /** Null for the bundled service. */
  readonly profile = (): ConnectedProfile | null => this.#on.profile;

  readonly isBundled = (): boolean => this.#on === this.#onBundled;

  /** @throws Refusal `declined` */
  readonly askCode = async (): Promise<string> => {
    const { code } = await this.#deps.keeper({ what: 'enrolment-code' });
    if (code === null) throw new Refusal('declined', 'No code was typed. Nothing was sent.');
    return code;
  };

  /** A remote service is left at the lock: its token is the vault's. The bundled one runs on. */
  readonly locked = async (): Promise<void> => {
    this.#unlock = null;
    if (this.isBundled()) return;
    const { service: former } = this.#on;
    this.#on = nowhere('locked', null);
    await former.stop();
  };

  readonly asked = {
    status: (): Promise<ServicesReport> => this.#ask({ what: 'list' }),
    add: async (): Promise<ServicesReport> => {
      this.#refuseIf(this.#deps.alone());
      return this.#ask({ what: 'add' });
    },
    remove: ({ id }: ProfileRequest): Promise<ServicesReport> => this.#ask({ what: 'remove', profile: id }),
    retry: async (): Promise<ServicesReport> => {
      await this.#on.retry();
      return this.#report();
    },
    connect: ({ id }: ConnectRequest): Promise<ServicesReport> => this.#connect(id),
  };

  #noOther(): string | null {
    return this.#deps.alone() ?? this.#deps.closed();
  }

  #refuseIf(why: string | null): void {
    if (why !== null) throw new Refusal('not-available', why);
  }

  async #connect(id: string | null): Promise<ServicesReport> {
    if (id !== null) this.#refuseIf(this.#noOther());
    const { id: former, state } = this.connection();
    if (id === former && state !== 'missing') return this.#report();
    const mine = this.#unlock;
    await this.#goTo(this.#heard(await this.#deps.keeper({ what: 'connect', profile: id })), mine);
    this.#deps.renewPage();
    return this.#report();
  }

  async #ask(ask: ServicesAsk): Promise<ServicesReport> {
    this.#heard(await this.#deps.keeper(ask));
    return this.#report();
  }

  #report(): ServicesReport {
    return { connection: this.connection(), profiles: this.#profiles };
  }

  #heard(answer: ServicesAnswer): ServicesAnswer {
    this.#profiles = [...answer.profiles];
    return answer;
  }

  #reached({ connected, isMissing }: ServicesAnswer): On {
    if (isMissing) return nowhere('missing', MISSING);
    if (!connected) return this.#onBundled;
    const why = this.#noOther();
    if (why !== null) return nowhere('missing', why);
    const service = this.#deps.remote(connected);
    const { connection, retry } = service;
    return { service, profile: connected, connection, retry };
  }

  async #goTo(answer: ServicesAnswer, mine: object | null): Promise<void> {
    const former = this.#on;
    const next = this.#reached(answer);
    this.#on = next;
    await this.#deps.leave();
    if (former.service !== next.service) await former.service.stop();
    if (this.#unlock !== mine || this.#on !== next) return;
    next.service.unlocked();
    this.#deps.changed();
  }

  #unlocked(): void {
    const mine = {};
    this.#unlock = mine;
    this.#resume(mine).catch((error: unknown) => {
      if (this.#unlock !== mine) return;
      // Which service was chosen is not known, so none is spoken to.
      this.#on = nowhere('missing', error instanceof Refusal ? error.message : MISSING);
      this.#deps.changed();
      this.#deps.notice(
        'The console could not read which service you chose. Lock, then unlock to try again.',
      );
    });
  }

  async #resume(mine: object): Promise<void> {
    const answer = this.#heard(await this.#deps.keeper({ what: 'resume' }));
    if (this.#unlock !== mine) return;
    if (answer.connected || answer.isMissing || !this.isBundled()) return this.#goTo(answer, mine);
    this.#deps.bundled.unlocked();
  }
}

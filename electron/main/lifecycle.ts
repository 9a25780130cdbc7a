import type { TrustedRole } from '../../shared/ipc/trusted.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import { eachStep, type StepFailed } from '../backend/each-step.ts';
import type { OwnKey } from '../backend/enrolment.ts';
import type { AskedRole } from '../keeper/protocol.ts';
import type { KeeperEvents, KeeperLink, Port } from './keeper-link.ts';
import { LOCK_SENTENCE, type LockReason } from './lock-triggers.ts';

interface Closable {
  destroy(): void;
}

export interface TrustedOpening {
  readonly role: TrustedRole;
  readonly subject: string | null;
  readonly addition?: string;
  readonly attach: (port: Port) => void;
  readonly onClosed: (how: 'user' | 'crashed') => void;
}

export interface AppOpening {
  readonly onRendererGone: (reason: string) => void;
  readonly onClosedByUser: () => void;
}

/** What the lifecycle moves. Everything that must be forgotten or told at lock and unlock, by name. */
export interface Parts {
  readonly forkKeeper: (
    events: KeeperEvents,
  ) => Pick<
    KeeperLink,
    | 'start'
    | 'attachWindow'
    | 'windowClosed'
    | 'kill'
    | 'sign'
    | 'reveal'
    | 'provideKeys'
    | 'setIdleMinutes'
    | 'openTask'
    | 'askVault'
    | 'witness'
    | 'services'
    | 'usesSent'
    | 'custody'
    | 'member'
    | 'pid'
  >;
  readonly openTrusted: (opening: TrustedOpening) => Closable;
  readonly openApp: (opening: AppOpening) => Closable;
  readonly vaultDirectory: string;
  /** A look from outside, so that the first window need not wait for the keeper, whose word counts. */
  readonly hasVault: () => boolean;
  readonly idleMinutes: () => number;
  /** After the console is open: issue tokens, start or resume the service. */
  readonly didUnlock: () => void;
  /** While nothing of the unlocked console runs any more: drop tokens, stream, clipboard, files. */
  readonly didLock: () => void;
  readonly didChangeStatus: (status: VaultStatus) => void;
  readonly copy: (text: string) => void;
  /** Fingerprint of the wallet key that the service is given at its next start. */
  readonly payerKey: (fingerprint: string | null) => void;
  /** Uses of secrets may wait for the ledger. */
  readonly usesWaiting: () => void;
  /** Asks where ciphertext goes that a person exported. */
  readonly saveFile: (name: string, text: string) => void;
  readonly notice: (level: 'warning' | 'error', text: string) => void;
  /** A step of a lock that failed; the others were taken all the same. */
  readonly stepFailed: StepFailed;
  /** A sentence that a person must read, outside any page. */
  readonly say: (sentence: string) => void;
  readonly quit: () => void;
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
  readonly now: () => number;
}

type FrontRole = Extract<TrustedRole, 'first-run' | 'unlock'>;

const CRASH_WINDOW_MS = 60_000;
/** So many failures of one kind within the window are not bad luck any more. */
const MAX_CRASHES = 3;
const KEEPER_RETRY_MS = 500;
const KEEPER_GIVEN_UP =
  'The keeper process keeps failing. The vault file is untouched. Start Sallyport again; its log says more.';

/** Counts failures within the window; true while one more may be answered by trying again. */
const tolerance = (now: () => number) => {
  let failures: number[] = [];
  return (): boolean => {
    failures = [...failures.filter((at) => at > now() - CRASH_WINDOW_MS), now()];
    return failures.length <= MAX_CRASHES;
  };
};

/**
 * The console between start and quit: locked with one trusted window, or unlocked with the application's window. A lock
 * replaces keeper and renderer by new processes; nothing is handed from before to after.
 */
export class Lifecycle {
  readonly #parts: Parts;
  #keeper: ReturnType<Parts['forkKeeper']> | null = null;
  #front: Closable | null = null;
  #frontRole: FrontRole | null = null;
  #app: Closable | null = null;
  readonly #asked = new Map<string, Closable>();
  #status: VaultStatus | null = null;
  #key: OwnKey | null = null;
  #quitting = false;
  readonly #mayReplaceKeeper: () => boolean;
  readonly #mayReplaceWindow: () => boolean;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#mayReplaceKeeper = tolerance(parts.now);
    this.#mayReplaceWindow = tolerance(parts.now);
  }

  get isUnlocked(): boolean {
    return this.#key !== null;
  }

  /** Public half of the operator's key, while unlocked. */
  get key(): OwnKey | null {
    return this.#key;
  }

  get status(): VaultStatus | null {
    return this.#status;
  }

  get keeper(): ReturnType<Parts['forkKeeper']> | null {
    return this.#keeper;
  }

  /** @param addition said in the title of the window that opens */
  start(addition?: string): void {
    if (this.#quitting) return;
    this.#openFront(this.#parts.hasVault() ? 'unlock' : 'first-run', addition);
  }

  /**
   * Forks the keeper once the first window has its page: a process that starts beside it would hold it up, and nobody
   * types a passphrase faster than the keeper starts.
   */
  #startKeeper(addition: string | undefined): ReturnType<Parts['forkKeeper']> | null {
    if (this.#quitting) return null;
    const keeper = this.#parts.forkKeeper(this.#keeperEvents(addition));
    keeper.start(this.#parts.vaultDirectory, this.#parts.idleMinutes());
    return keeper;
  }

  lock(reason: LockReason): void {
    if (!this.isUnlocked || this.#quitting) return;
    this.#forget();
    this.start(LOCK_SENTENCE[reason]);
  }

  /** Forgets everything and opens nothing again. */
  end(): void {
    this.#quitting = true;
    this.#forget();
  }

  #forget(): void {
    const [keeper, asked, app, front] = [this.#keeper, [...this.#asked], this.#app, this.#front];
    // The gate refuses from here on, before anything is taken down.
    this.#key = null;
    this.#keeper = this.#app = this.#front = null;
    this.#asked.clear();
    eachStep(
      {
        'end the keeper': () => keeper?.kill(),
        ...Object.fromEntries(asked.map(([name, window]) => [`close ${name}`, () => window.destroy()])),
        'close the window': () => app?.destroy(),
        'close the trusted window': () => front?.destroy(),
        'tell the state': () =>
          this.#setStatus(this.#status && { ...this.#status, state: 'locked', unlockedAt: null }),
        'withdraw what was lent': () => this.#parts.didLock(),
      },
      this.#parts.stepFailed,
    );
  }

  #setStatus(status: VaultStatus | null): void {
    this.#status = status;
    if (status) this.#parts.didChangeStatus(status);
  }

  #keeperEvents(addition: string | undefined): KeeperEvents {
    return {
      status: (status) => this.#setStatus(status),
      started: (status) => this.#correctFront(status.state === 'absent' ? 'first-run' : 'unlock', addition),
      unlocked: (key) => this.#unlocked(key),
      openWindow: (role, subject) => this.#openAsked(role, subject),
      closeWindow: (role, subject) => this.#closeAsked(role, subject),
      copy: (text) => this.#parts.copy(text),
      payerKey: (fingerprint) => this.#parts.payerKey(fingerprint),
      rekeyed: () => this.lock('rekeyed'),
      usesWaiting: () => this.#parts.usesWaiting(),
      canary: (label, action) =>
        this.#parts.notice(
          'error',
          `The canary “${label}” was touched (${action}). Nobody has a reason to: find out who did.`,
        ),
      saveFile: (name, text) => this.#parts.saveFile(name, text),
      fatal: (message) => this.#parts.say(message),
      died: () => this.#keeperDied(),
    };
  }

  #correctFront(role: FrontRole, addition?: string): void {
    if (this.#frontRole === role || !this.#front) return;
    this.#front.destroy();
    this.#openFront(role, addition);
  }

  #openFront(role: FrontRole, addition?: string): void {
    this.#frontRole = role;
    this.#front = this.#parts.openTrusted({
      role,
      subject: null,
      ...(addition ? { addition } : {}),
      attach: (port) => {
        this.#keeper ??= this.#startKeeper(addition);
        this.#keeper?.attachWindow(role, null, port);
      },
      onClosed: (how) => {
        this.#front = null;
        this.#keeper?.windowClosed(role, null);
        if (how === 'crashed' && this.#mayReplaceWindow()) this.#openFront(role, addition);
        else this.#parts.quit();
      },
    });
  }

  #unlocked(key: OwnKey): void {
    if (this.isUnlocked || this.#quitting) return;
    this.#key = key;
    this.#parts.didUnlock();
    this.#openApp();
    this.#front?.destroy();
    this.#front = null;
  }

  #openApp(): void {
    this.#app = this.#parts.openApp({
      onClosedByUser: () => {
        this.#app = null;
        this.#parts.quit();
      },
      onRendererGone: (reason) => {
        if (!this.#mayReplaceWindow()) return this.lock('renderer-died');
        this.#app?.destroy();
        this.#openApp();
        this.#parts.notice(
          'warning',
          `The window’s process ended (${reason}) and was replaced. Nothing was lost.`,
        );
      },
    });
  }

  #openAsked(role: AskedRole, subject: string): void {
    const keeper = this.#keeper;
    const name = `${role}:${subject}`;
    if (!this.isUnlocked || this.#asked.has(name)) return;
    const window = this.#parts.openTrusted({
      role,
      subject,
      attach: (port) => keeper?.attachWindow(role, subject, port),
      onClosed: () => {
        this.#asked.delete(name);
        keeper?.windowClosed(role, subject);
      },
    });
    this.#asked.set(name, window);
  }

  #closeAsked(role: TrustedRole, subject: string | null): void {
    const name = `${role}:${subject}`;
    this.#asked.get(name)?.destroy();
    this.#asked.delete(name);
  }

  #keeperDied(): void {
    if (!this.#mayReplaceKeeper()) {
      this.#forget();
      this.#parts.say(KEEPER_GIVEN_UP);
      this.#parts.quit();
    } else if (this.isUnlocked) {
      this.lock('keeper-died');
      this.#parts.notice('error', 'The keeper process ended, so the vault was locked. Nothing was lost.');
    } else {
      this.#keeper = null;
      this.#front?.destroy();
      this.#front = null;
      this.#parts.setTimer(() => this.start(LOCK_SENTENCE['keeper-died']), KEEPER_RETRY_MS);
    }
  }
}

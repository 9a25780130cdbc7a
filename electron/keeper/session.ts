import type { ToKeeper } from '../../shared/ipc/trusted.ts';
import { CustodyError } from '../custody/custody-error.ts';
import type { Rotation } from '../custody/rotation.ts';
import { prepare } from '../signer/request.ts';
import { createSigner, type Signer } from '../signer/signer.ts';
import { SignerError } from '../signer/signer-error.ts';
import { VaultError } from '../vault/errors.ts';
import type { OpenVault } from '../vault/opened.ts';
import type { Vault } from '../vault/vault.ts';
import { Cards } from './cards.ts';
import { answerOf } from './contents.ts';
import { openCustody } from './custody-desk.ts';
import { askDesk, type Desks, deskOf } from './desks.ts';
import { MemberDesk } from './member-desk.ts';
import type { Port } from './port.ts';
import { processKeys } from './process-keys.ts';
import type { KeeperToMain, MainToKeeper, SigningRequest } from './protocol.ts';
import { Reveals } from './reveals.ts';
import { ServiceDesk } from './service-desk.ts';
import { type Opened, statusOf } from './status.ts';
import { strengthOf } from './strength.ts';
import { Tasks } from './tasks.ts';
import { Unlocking } from './unlocking.ts';
import { attachWindow, type TrustedWindow } from './windows.ts';
import { WitnessDesk } from './witness-desk.ts';

interface SessionDependencies {
  readonly tell: (message: KeeperToMain) => void;
  readonly clock: { now(): Date };
  openVault(start: Extract<MainToKeeper, { type: 'start' }>): Promise<Vault>;
  /** Anything that should never happen; the process ends on it. */
  readonly fatal: (error: unknown) => void;
}

/** What exists only while the vault is open. */
interface Authority {
  readonly opened: Opened;
  readonly signer: Signer;
  readonly cards: Cards;
  readonly tasks: Tasks;
  readonly rotation: Rotation;
  readonly desks: Desks;
}

interface Started {
  readonly directory: string;
  readonly vault: Vault;
  readonly unlocking: Unlocking;
}

/**
 * One run of the keeper, from start to kill: there is no way back to locked but the end of the process. Main's messages are our
 * own code's; the windows' are parsed and held against what each window is for.
 */
export class KeeperSession {
  readonly #deps: SessionDependencies;
  readonly #reveals: Reveals;
  readonly #windows = new Set<TrustedWindow>();
  #started: Promise<Started> | null = null;
  #authority: Authority | null = null;
  #idleMinutes = 0;
  #isPractice = false;

  constructor(deps: SessionDependencies) {
    this.#deps = deps;
    this.#reveals = new Reveals(deps.tell);
  }

  handle(message: MainToKeeper, ports: readonly Port[]): void {
    this.#dispatch(message, ports[0]).catch(this.#deps.fatal);
  }

  async #dispatch(message: MainToKeeper, port: Port | undefined): Promise<void> {
    switch (message.type) {
      case 'start':
        return this.#start(message);
      case 'attach-window':
        return this.#attach(message, port);
      case 'window-closed':
        return this.#windowClosed(message);
      case 'sign':
        return this.#sign(message.id, message.request);
      case 'provide-keys':
        return this.#provideKeys(message, port);
      case 'reveal':
        // An answer that arrives after a lock finds the next keeper: a secret has no place in a locked one.
        return this.#authority ? this.#reveals.hold(message) : undefined;
      case 'set-idle-minutes':
        this.#idleMinutes = message.minutes;
        return this.#announce();
      case 'vault-task':
        return this.#authority?.tasks.hold(message.id, message.request);
      case 'ask-vault':
        return this.#askContents(message);
      case 'custody':
      case 'member':
      case 'services':
      case 'witness':
        return askDesk(this.#authority?.desks, message, this.#deps.tell);
      case 'wire':
        return this.#authority?.desks.custody.wire(message);
      case 'uses-sent':
        return this.#authority?.opened.vault.holdings.journal.markSent(message.last);
    }
  }

  async #askContents({ id, what }: Extract<MainToKeeper, { type: 'ask-vault' }>): Promise<void> {
    const holdings = this.#authority?.opened.vault.holdings;
    const answer = holdings ? await answerOf(holdings, (await this.#running()).vault, what) : null;
    this.#deps.tell({ type: 'vault-answer', id, answer });
  }

  async #start(message: Extract<MainToKeeper, { type: 'start' }>): Promise<void> {
    this.#idleMinutes = message.idleMinutes;
    this.#isPractice = message.isPractice;
    this.#started = this.#deps.openVault(message).then((vault) => ({
      directory: message.vaultDirectory,
      vault,
      unlocking: new Unlocking({
        vault,
        status: () => this.#status(),
        opened: (open, window) => this.#opened(open, window),
      }),
    }));
    this.#deps.tell({ type: 'started', status: (await this.#status()).status });
  }

  #attach({ role, subject }: Extract<MainToKeeper, { type: 'attach-window' }>, port: Port | undefined): void {
    if (!port) return;
    const window = attachWindow(port, role, subject, {
      message: (from, message) => void this.#answer(from, message).catch(this.#deps.fatal),
      closed: (gone) => void this.#forget(gone).catch(this.#deps.fatal),
    });
    this.#windows.add(window);
  }

  /** What a window asked for; its role has been checked against the kind of message. */
  async #answer(window: TrustedWindow, message: ToKeeper): Promise<void> {
    switch (message.type) {
      case 'card-decision':
        return this.#authority?.cards.decide(window, message.id, message.decision);
      case 'copy-revealed':
        return this.#reveals.copy(window, message.id, message.index ?? 0);
      case 'close-revealed':
        return this.#reveals.close(window, message.id);
      case 'open-practice':
        return this.#deps.tell({ type: 'open-practice' });
      case 'rate':
        return window.send({ type: 'strength', ...(await strengthOf(message.passphrase)) });
      default:
        if (window.role === 'card') return this.#authority?.cards.show(window);
        if (window.role === 'reveal') return this.#reveals.show(window);
        if (window.role === 'vault') return this.#actOf(window.subject)?.answer(window, message);
        return this.#askVault(window, message);
    }
  }

  async #askVault(window: TrustedWindow, message: ToKeeper): Promise<void> {
    const { unlocking } = await this.#running();
    // The vault of this process is opened once; a second window learns that it is.
    if (this.#authority) return window.send({ type: 'unlocked' });
    await unlocking.answer(window, message);
  }

  /** Who a window of the open vault belongs to: a desk, or an act on the vault. */
  #actOf(subject: string | null) {
    return deskOf(this.#authority?.desks, subject) ?? this.#authority?.tasks;
  }

  async #windowClosed({ role, subject }: Extract<MainToKeeper, { type: 'window-closed' }>): Promise<void> {
    const gone = [...this.#windows].filter((w) => w.role === role && w.subject === subject);
    for (const window of gone) await this.#forget(window);
    // A window that never came up counts as closed as well.
    if (role === 'card') this.#authority?.cards.closed(subject);
    if (role === 'reveal') this.#reveals.closed(subject);
    if (role === 'vault') this.#actOf(subject)?.closed(subject);
  }

  async #forget(window: TrustedWindow): Promise<void> {
    if (!this.#windows.delete(window)) return;
    if (window.role === 'card') this.#authority?.cards.closed(window.subject);
    else if (window.role === 'reveal') this.#reveals.closed(window.subject);
    else if (window.role === 'vault') this.#actOf(window.subject)?.closed(window.subject);
    else (await this.#running()).unlocking.closed(window);
  }

  async #sign(id: string, request: SigningRequest): Promise<void> {
    const { tell } = this.#deps;
    if (!this.#authority)
      return tell({
        type: 'not-signed',
        id,
        reason: 'locked',
        message: 'The vault is locked. Unlock it first.',
      });
    const { signer, cards } = this.#authority;
    try {
      const prepared = prepare(request);
      if (prepared.card) return cards.hold(id, prepared, prepared.card);
      tell({ type: 'signed', id, headers: await signer.sign(prepared) });
    } catch (error) {
      if (!(error instanceof SignerError)) throw error;
      tell({ type: 'not-signed', id, reason: error.code, message: error.message });
    }
  }

  /** The keys of one process, over the port that joins it; a locked vault closes the port instead. */
  async #provideKeys(
    message: Extract<MainToKeeper, { type: 'provide-keys' }>,
    port: Port | undefined,
  ): Promise<void> {
    const authority = this.#authority;
    if (!authority) return port?.close();
    const keys = await processKeys(authority.opened.vault.serviceRoot, authority.rotation, message.process);
    port?.send({ type: 'keys', keys });
  }

  async #opened(vault: OpenVault, window: TrustedWindow): Promise<void> {
    const { clock, tell } = this.#deps;
    const holdings = () => vault.holdings;
    const member = new MemberDesk({ holdings, tell, changed: this.#changed });
    const now = () => clock.now().getTime();
    const own = createSigner(vault.operatorKey, now);
    const services = new ServiceDesk({ holdings, tell, changed: this.#changed, own, now });
    const { signer } = services;
    const { rotation, custody } = await this.#custodyOf(vault, services);
    const tasks = await this.#tasks(vault, rotation);
    const witness = new WitnessDesk({
      ...{ key: vault.witnessKey, holdings, tell, changed: () => this.#announce() },
      service: () => services.connected,
      now: () => clock.now(),
      mayWrite: () => !tasks.isRekeying,
    });
    this.#authority = {
      opened: { vault, at: clock.now() },
      ...{ signer, cards: new Cards(signer, tell), tasks, rotation },
      desks: { custody, member, witness, services },
    };
    // A read-only disk must not lock the owner out; what is opened later is written down first or stays shut.
    await vault.holdings.journal.record('unlock').catch((error: unknown) => {
      if (!(error instanceof VaultError)) throw error;
    });
    window.send({ type: 'unlocked' });
    const { keyId, publicKey } = vault.operatorKey;
    // Before main may start the service: what it is started with must be known by then; none where the journals do not say.
    await custody.tellPayerKey().catch((error: unknown) => {
      if (!(error instanceof CustodyError)) throw error;
      tell({ type: 'payer-key', fingerprint: null });
    });
    tell({ type: 'unlocked', status: (await this.#status()).status, keyId, publicKey });
    tell({ type: 'close-window', role: window.role, subject: window.subject });
    tell({ type: 'uses-waiting' });
  }

  readonly #changed = async (): Promise<void> => {
    await this.#announce();
    this.#deps.tell({ type: 'uses-waiting' });
  };

  async #custodyOf(vault: OpenVault, services: ServiceDesk) {
    const { directory } = await this.#running();
    const now = () => this.#deps.clock.now();
    return openCustody({
      carried: { signersAt: (origin) => services.signersAt(origin), now },
      ...{ directory, vault, tell: this.#deps.tell, changed: this.#changed },
      holdings: () => vault.holdings,
      now,
      keychain: async () => (await this.#status()).status.keychain,
    });
  }

  async #tasks(vault: OpenVault, rotation: Rotation): Promise<Tasks> {
    const running = await this.#running();
    return new Tasks({
      vault,
      tell: this.#deps.tell,
      changed: this.#changed,
      heldBy: (item) => rotation.heldBy(item),
      waitSeconds: () => running.vault.waitSeconds(),
    });
  }

  async #status() {
    const { vault } = await this.#running();
    const seen = await vault.inspect();
    const status = statusOf(seen, this.#authority?.opened ?? null, this.#idleMinutes);
    return { status, previous: seen.previous, isPractice: this.#isPractice };
  }

  async #announce(): Promise<void> {
    this.#deps.tell({ type: 'status', status: (await this.#status()).status });
  }

  #running(): Promise<Started> {
    if (!this.#started) throw new TypeError('the keeper was asked something before it was started');
    return this.#started;
  }
}

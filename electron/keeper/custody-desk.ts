import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CustodyState } from '../../shared/ipc/custody.ts';
import type { ToKeeper } from '../../shared/ipc/trusted.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import { ApprovedDeeds } from '../custody/approved-deeds.ts';
import type { Wire } from '../custody/aws-store.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { ImportedWallets } from '../custody/imports.ts';
import { Receiving } from '../custody/receiving.ts';
import { Rehearsals } from '../custody/rehearsals.ts';
import { Rotation, type RotationDeps } from '../custody/rotation.ts';
import { SecondOperator } from '../custody/second-operator.ts';
import { VaultError } from '../vault/errors.ts';
import type { Holdings } from '../vault/holdings.ts';
import type { SigningHandle } from '../vault/items.ts';
import type { OpenVault } from '../vault/opened.ts';
import type { Carried, Outcome, PreparedAct } from './custody-card.ts';
import { custodyState } from './custody-state.ts';
import type { CustodyAnswer, CustodyAsk, KeeperToMain, MainToKeeper } from './protocol.ts';
import { refusal, troubleOf } from './trouble.ts';
import type { TrustedWindow } from './windows.ts';
import { Wires } from './wires.ts';

/** What main has to do now. */
type Done = Partial<Omit<CustodyAnswer, 'state'>>;

interface Held {
  readonly id: string;
  prepared: PreparedAct;
  /** The answer has gone to main; the window only shows what was done. */
  answered: boolean;
  /** What is on the window's screen in the clear, until it is closed. */
  shown: Outcome['shown'] | null;
}

interface DeskDependencies {
  readonly rotation: Rotation;
  readonly rehearsals: Rehearsals;
  readonly receiving: Receiving;
  readonly imports: ImportedWallets;
  readonly approved: ApprovedDeeds;
  readonly second: SecondOperator;
  readonly custodian: Pick<SigningHandle, 'publicKey'>;
  readonly carried: Carried;
  /** Connections that main carries for a step of the rotation. */
  readonly wires: Wires;
  readonly holdings: () => Pick<Holdings, 'list' | 'sharesSlot'>;
  readonly keychain: () => Promise<VaultStatus['keychain']>;
  readonly tell: (message: KeeperToMain) => void;
  /** Something in the vault, or in the journal of its uses, is different now. */
  readonly changed: () => Promise<void>;
}

/** Rotations as main and the trusted windows reach them: one act at a time, each decided in a window of its own. */
export class CustodyDesk {
  readonly #deps: DeskDependencies;
  #held: Held | null = null;
  #busy = false;

  constructor(deps: DeskDependencies) {
    this.#deps = deps;
  }

  async ask(id: string, ask: CustodyAsk): Promise<void> {
    try {
      if (ask.what === 'act') return await this.#hold(id, ask.act);
      if (ask.what === 'state') return this.#tellAnswer(id, {}, await this.#state());
      await this.#observe(ask);
      await this.#answerDone(id, {});
    } catch (error) {
      this.#refuse(id, error);
    }
  }

  async #observe(ask: Exclude<CustodyAsk, { what: 'state' | 'act' }>): Promise<void> {
    const { rotation } = this.#deps;
    if (ask.what === 'restored') await rotation.abort(ask.reason, ask.fingerprint);
    else if (ask.what === 'hydrated') await rotation.observed('hydrated', ask.evidence);
    else if (ask.what === 'confirmed') await rotation.observed('confirmed', ask.evidence);
    else await rotation.observed('swept', ask.evidence);
  }

  async #hold(id: string, act: Extract<CustodyAsk, { what: 'act' }>['act']): Promise<void> {
    if (this.#held && !this.#held.answered)
      throw new CustodyError('ceremony-open', 'Another step waits for your decision in its own window.');
    if (this.#held) this.#deps.tell({ type: 'close-window', role: 'vault', subject: this.#held.id });
    // What reads and builds Solana's messages is large, and most unlocks never need it.
    const { prepareAct } = await import('./custody-acts.ts');
    this.#held = {
      id,
      prepared: await prepareAct(act, { ...this.#deps, holdings: this.#deps.holdings() }),
      answered: false,
      shown: null,
    };
    this.#deps.tell({ type: 'open-window', role: 'vault', subject: id });
  }

  wire(message: Extract<MainToKeeper, { type: 'wire' }>): void {
    this.#deps.wires.handle(message);
  }

  owns(subject: string | null): boolean {
    return this.#held !== null && this.#held.id === subject;
  }

  closed(subject: string | null): void {
    const held = this.#held;
    if (!held || held.id !== subject) return;
    this.#held = null;
    this.#deps.tell({ type: 'close-window', role: 'vault', subject });
    if (!held.answered)
      this.#deps.tell({
        ...{ type: 'custody-refused', id: held.id, reason: 'declined' },
        message: 'The window was closed. Nothing was changed.',
      });
  }

  async answer(window: TrustedWindow, message: ToKeeper): Promise<void> {
    const held = this.#held;
    if (!held || held.id !== window.subject)
      return window.send(refusal('This was done already. Close the window.'));
    if (message.type === 'hello') return window.send({ type: 'ceremony', ...held.prepared.card });
    if (message.type === 'close-task' && !this.#busy) return this.closed(held.id);
    if (message.type === 'copy-item' && held.shown && !this.#busy) return this.#copy(window, held.shown);
    if (message.type !== 'ceremony-act' || this.#busy || held.answered)
      return window.send(refusal('This window was not opened for that.'));
    this.#busy = true;
    window.send({ type: 'working', what: 'Writing it down, then doing it' });
    try {
      await this.#perform(window, held, message.values);
    } catch (error) {
      window.send(troubleOf(error, 0));
    } finally {
      this.#busy = false;
    }
    await this.#deps.changed();
  }

  /** Each copy is a use, written down first. */
  async #copy(window: TrustedWindow, shown: NonNullable<Held['shown']>): Promise<void> {
    this.#busy = true;
    try {
      await shown.noteCopy();
      this.#deps.tell({ type: 'copy', text: shown.value });
    } catch (error) {
      window.send(troubleOf(error, 0));
    } finally {
      this.#busy = false;
    }
    await this.#deps.changed();
  }

  async #perform(window: TrustedWindow, held: Held, values: Readonly<Record<string, string>>): Promise<void> {
    const { say, qr, next, shown, ...outcome } = await held.prepared.perform(values);
    if (next) {
      held.prepared = next;
      return window.send({ type: 'ceremony', ...next.card });
    }
    held.answered = true;
    await this.#answerDone(held.id, outcome);
    held.shown = shown ?? null;
    if (shown) window.send({ type: 'item-value', value: shown.value });
    else if (say === null) this.closed(held.id);
    else window.send({ type: 'task-done', message: say, ...(qr ? { qr } : {}) });
  }

  /** Before every answer main knows the key that the next start of the service is given. */
  async tellPayerKey(): Promise<void> {
    const holder = await this.#deps.rotation.holder();
    const fingerprint = holder?.way === 'vault' ? holder.fingerprint : null;
    this.#deps.tell({ type: 'payer-key', fingerprint });
  }

  /** What was done is told whatever the look at it meets: a signed transaction is lost otherwise. Main looks again, and hears why. */
  async #answerDone(id: string, outcome: Done): Promise<void> {
    this.#tellAnswer(id, outcome, await this.#state().catch(() => null));
  }

  async #state(): Promise<CustodyState> {
    await this.tellPayerKey();
    return custodyState(this.#deps, this.#deps.holdings(), await this.#deps.keychain());
  }

  #tellAnswer(id: string, outcome: Done, state: CustodyState | null): void {
    const answer = { transaction: null, restart: false, ...outcome, state };
    this.#deps.tell({ type: 'custody-answer', id, answer });
  }

  #refuse(id: string, error: unknown): void {
    if (!(error instanceof CustodyError) && !(error instanceof VaultError)) throw error;
    this.#deps.tell({ type: 'custody-refused', id, reason: 'refused', message: error.message });
  }
}

interface Opening
  extends Omit<
      DeskDependencies,
      | ('rotation' | 'rehearsals' | 'receiving' | 'imports' | 'approved' | 'second')
      | ('custodian' | 'wires' | 'holdings')
    >,
    Pick<RotationDeps, 'now'> {
  /** The vault's own folder. */
  readonly directory: string;
  readonly vault: Pick<OpenVault, 'vaultId' | 'operatorKey'>;
  readonly holdings: () => Holdings;
  /** Certificates to trust instead of the public ones. */
  readonly roots?: Wire['roots'];
}

/** Journals lie with the vault whose custodian signed them: a vault that is started anew begins with none. */
export function openCustody({ directory, vault, roots, ...deps }: Opening) {
  const wires = new Wires(deps.tell);
  const kept = {
    folder: join(directory, 'custody', vault.vaultId),
    custodian: vault.operatorKey,
    now: deps.now,
  };
  const receiving = new Receiving({ folder: kept.folder, holdings: deps.holdings });
  const approved = new ApprovedDeeds(kept);
  const second = new SecondOperator({
    ...{ ...kept, receiving, holdings: deps.holdings, random: randomBytes },
    record: (deed, anchor) => approved.append(deed, anchor),
  });
  const rotation = new Rotation({
    ...{ ...deps, ...kept, random: randomBytes },
    ...{ holdings: () => second.holdings, shared: second },
    wire: { dial: wires.dial, ...(roots === undefined ? {} : { roots }) },
  });
  const own = {
    rehearsals: new Rehearsals(kept),
    imports: new ImportedWallets({ ...kept, second, holdings: deps.holdings, keychain: deps.keychain }),
    ...{ receiving, second, approved },
    custodian: vault.operatorKey,
  };
  return { rotation, custody: new CustodyDesk({ ...deps, ...own, rotation, wires }) };
}

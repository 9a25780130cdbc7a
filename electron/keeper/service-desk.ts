import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { enrolmentCode } from '../../shared/http/operator-parts.ts';
import type { SecretUseAction } from '../../shared/http/secret-use.ts';
import type { ToKeeper } from '../../shared/ipc/trusted.ts';
import { BUNDLED_ORIGIN } from '../../shared/service/bundled-origin.ts';
import { createSigner, type Signer } from '../signer/signer.ts';
import { SignerError } from '../signer/signer-error.ts';
import { damaged, VaultError } from '../vault/errors.ts';
import type { Holdings } from '../vault/holdings.ts';
import { type SigningHandle, signingHandle } from '../vault/items.ts';
import type { NamedSigner } from './custody-card.ts';
import type { ConnectedProfile, KeeperToMain, ServicesAnswer, ServicesAsk } from './protocol.ts';
import {
  factsOf,
  labelOf,
  PROFILE_TYPE,
  readTyped,
  type SealedProfile,
  sealedProfile,
} from './service-profile.ts';
import { ADD, CODE, connectTo, removal, TO_BUNDLED } from './service-windows.ts';
import { refusal, troubleOf } from './trouble.ts';
import type { TrustedWindow } from './windows.ts';

const CHOICE_TYPE = 'service-choice';
const choice = z.strictObject({ profile: z.uuid() });
const SEED_BYTES = 32;
const NOTHING: Omit<ServicesAnswer, 'profiles'> = { connected: null, isMissing: false, code: null };

type Decision = Exclude<ServicesAsk, { what: 'list' | 'resume' }>;
type Outcome = Partial<Omit<ServicesAnswer, 'profiles'>>;

interface Dependencies {
  readonly holdings: () => Pick<Holdings, 'list' | 'use' | 'add' | 'putOnly' | 'remove'>;
  readonly tell: (message: KeeperToMain) => void;
  /** Something in the vault, or in the journal of its uses, is different now. */
  readonly changed: () => Promise<void>;
  /** Signs for the bundled service. */
  readonly own: Signer;
  readonly now: () => number;
}

/** One window, from its opening to its answer. */
interface Asked {
  readonly id: string;
  readonly ask: Decision;
  isBusy: boolean;
  wasClosed: boolean;
}

interface Connection {
  readonly id: string;
  readonly origin: string;
  readonly signer: Signer;
}

const handleOf = ({ seed }: SealedProfile): SigningHandle => signingHandle(Buffer.from(seed, 'base64url'));

/**
 * Remote services: typed, chosen and removed in windows of their own, at rest in the vault. What a person chose last is in the vault
 * as well, so neither a file beside it nor main can put this console on another service.
 */
export class ServiceDesk {
  readonly #deps: Dependencies;
  #connection: Connection | null = null;
  #asked: Asked | null = null;
  /** Signs for the service that this console is on, with the key of that service and for no other origin. */
  readonly signer: Signer;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    const keyId = () => (this.#connection?.signer ?? deps.own).keyId;
    this.signer = {
      get keyId() {
        return keyId();
      },
      sign: async (prepared) => this.#signerFor(prepared.request.targetUri).sign(prepared),
    };
  }

  /** Profile that this console is on; null for the bundled service. */
  get connected(): string | null {
    return this.#connection?.id ?? null;
  }

  #signerFor(targetUri: string): Signer {
    const { origin } = new URL(targetUri);
    const { own } = this.#deps;
    if (origin === (this.#connection?.origin ?? BUNDLED_ORIGIN)) return this.#connection?.signer ?? own;
    throw new SignerError('invalid-request', 'This was asked of another service than the one you are on.');
  }

  /**
   * Sign for the service of this origin, whether or not it is reached or the console is on it: for what is signed here and carried
   * there. One service may stand in the vault under several names, each with a key of its own; the person says which.
   */
  async signersAt(origin: string): Promise<readonly NamedSigner[]> {
    if (origin === BUNDLED_ORIGIN) return [{ name: 'the bundled service', signer: this.#deps.own }];
    const found: NamedSigner[] = [];
    for (const { id } of this.#ofType(PROFILE_TYPE)) {
      const profile = await this.#open(id, 'check', sealedProfile);
      if (profile.origin === origin)
        found.push({ name: profile.name, signer: createSigner(handleOf(profile), this.#deps.now) });
    }
    return found;
  }

  async ask(id: string, ask: ServicesAsk): Promise<void> {
    if (ask.what !== 'list' && ask.what !== 'resume') return this.#openWindow(id, ask);
    try {
      this.#answer(id, ask.what === 'resume' ? await this.#resume() : {});
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      this.#refuse(id, 'refused', error.message);
    }
  }

  #ofType(type: string) {
    return this.#deps
      .holdings()
      .list()
      .filter((item) => item.type === type);
  }

  async #resume(): Promise<Outcome> {
    const [chosen] = this.#ofType(CHOICE_TYPE);
    if (!chosen) return {};
    const { profile } = await this.#open(chosen.id, 'connect', choice);
    if (!this.#ofType(PROFILE_TYPE).some(({ id }) => id === profile)) return { isMissing: true };
    const outcome = this.#goTo(profile, await this.#open(profile, 'connect', sealedProfile));
    await this.#deps.changed();
    return outcome;
  }

  #open<T>(id: string, action: SecretUseAction, shape: z.ZodType<T>): Promise<T> {
    return this.#deps.holdings().use(id, action, (secret) => {
      try {
        return shape.parse(JSON.parse(secret.toString('utf8')));
      } catch (cause) {
        throw damaged('a remote service in it is not readable', cause);
      }
    });
  }

  #goTo(id: string, profile: SealedProfile): Outcome {
    const handle = handleOf(profile);
    this.#connection = { id, origin: profile.origin, signer: createSigner(handle, this.#deps.now) };
    const { seed: _, ...told } = profile;
    const { keyId, publicKey } = handle;
    return { connected: { id, ...told, keyId, publicKey } satisfies ConnectedProfile };
  }

  /** One at a time: a page that asks again gets no second window to mistake for the first. */
  #openWindow(id: string, ask: Decision): void {
    if (this.#asked) {
      this.#refuse(id, 'refused', 'A window about services waits for you. Finish or close it.');
      return;
    }
    this.#asked = { id, ask, isBusy: false, wasClosed: false };
    this.#deps.tell({ type: 'open-window', role: 'vault', subject: id });
  }

  owns(subject: string | null): boolean {
    return subject !== null && this.#asked?.id === subject;
  }

  closed(subject: string | null): void {
    if (!this.#asked || subject === null || this.#asked.id !== subject) return;
    this.#asked.wasClosed = true;
    // What was decided is being done; its end answers.
    if (this.#asked.isBusy) return;
    this.#end(subject);
    this.#refuse(subject, 'declined', 'The window was closed. Nothing was changed.');
  }

  async answer(window: TrustedWindow, message: ToKeeper): Promise<void> {
    const asked = this.#asked;
    if (!asked || asked.id !== window.subject)
      return window.send(refusal('This was done already. Close the window.'));
    if (message.type === 'close-task') return this.closed(asked.id);
    if (message.type !== 'hello' && message.type !== 'ceremony-act')
      return window.send(refusal('This window was not opened for that.'));
    if (asked.isBusy) return window.send({ ...refusal('The vault is still at work on this.'), code: 'busy' });
    asked.isBusy = true;
    try {
      if (message.type === 'hello') window.send(await this.#shown(asked.ask));
      else await this.#decide(window, asked, message.values);
    } catch (error) {
      window.send(troubleOf(error, 0));
    } finally {
      asked.isBusy = false;
    }
    if (asked.wasClosed) this.closed(asked.id);
  }

  async #shown(ask: Decision) {
    if (ask.what === 'add') return ADD;
    if (ask.what === 'enrolment-code') return CODE;
    if (ask.profile === null) return TO_BUNDLED;
    const profile = await this.#open(ask.profile, 'check', sealedProfile);
    return ask.what === 'remove' ? removal(profile) : connectTo(profile, handleOf(profile).keyId);
  }

  async #decide(
    window: TrustedWindow,
    { id, ask }: { readonly id: string; readonly ask: Decision },
    values: Readonly<Record<string, string>>,
  ): Promise<void> {
    const outcome = await this.#done(ask, values);
    if (typeof outcome === 'string') return window.send({ ...refusal(outcome), code: 'refused' });
    this.#end(id);
    this.#answer(id, outcome);
    await this.#deps.changed();
  }

  /** @returns a sentence where something has to be mended first */
  async #done(ask: Decision, values: Readonly<Record<string, string>>): Promise<Outcome | string> {
    if (ask.what === 'add') return this.#add(values);
    if (ask.what === 'connect') return this.#choose(ask.profile);
    if (ask.what === 'remove') return this.#remove(ask.profile);
    const code = enrolmentCode.safeParse(values.code?.trim().toUpperCase());
    return code.success ? { code: code.data } : 'This is not an enrolment code. Type it with its dashes.';
  }

  async #add(values: Readonly<Record<string, string>>): Promise<Outcome | string> {
    const profile = readTyped(values);
    if (typeof profile === 'string') return profile;
    const label = labelOf(profile);
    if (this.#ofType(PROFILE_TYPE).some((item) => item.label === label))
      return 'There is a service of this name at this address already.';
    const seed = randomBytes(SEED_BYTES);
    const sealed: SealedProfile = { ...profile, seed: seed.toString('base64url') };
    const secret = Buffer.from(JSON.stringify(sealed), 'utf8');
    seed.fill(0);
    const held = { type: PROFILE_TYPE, label, canary: false, secret } as const;
    await this.#deps
      .holdings()
      .add([held])
      .finally(() => secret.fill(0));
    return {};
  }

  /** Written down before it holds: a disk that takes nothing leaves the console where it is. */
  async #choose(profile: string | null): Promise<Outcome> {
    const holdings = this.#deps.holdings();
    if (profile !== null) {
      const opened = await this.#open(profile, 'connect', sealedProfile);
      const secret = Buffer.from(JSON.stringify({ profile }), 'utf8');
      const label = 'The remote service this console is on';
      await holdings.putOnly({ type: CHOICE_TYPE, label, canary: false, secret });
      return this.#goTo(profile, opened);
    }
    for (const { id } of this.#ofType(CHOICE_TYPE)) await holdings.remove(id);
    this.#connection = null;
    return {};
  }

  async #remove(profile: string): Promise<Outcome | string> {
    if (profile === this.connected) return 'This console is on this service. Go to another one first.';
    await this.#deps.holdings().remove(profile);
    return {};
  }

  #end(subject: string): void {
    this.#asked = null;
    this.#deps.tell({ type: 'close-window', role: 'vault', subject });
  }

  #answer(id: string, outcome: Outcome): void {
    const profiles = this.#ofType(PROFILE_TYPE).map(factsOf);
    this.#deps.tell({ type: 'services-answer', id, answer: { ...NOTHING, ...outcome, profiles } });
  }

  #refuse(id: string, reason: 'declined' | 'refused', message: string): void {
    this.#deps.tell({ type: 'services-refused', id, reason, message });
  }
}

import { z } from 'zod';
import { isLabel } from '../../shared/http/vault-items.ts';
import type { FromKeeper, ToKeeper } from '../../shared/ipc/trusted.ts';
import { VaultError } from '../vault/errors.ts';
import type { Holdings } from '../vault/holdings.ts';
import type { KeeperToMain, MemberAnswer, MemberAsk } from './protocol.ts';
import { refusal } from './trouble.ts';
import type { TrustedWindow } from './windows.ts';

const TYPE = 'member-session';
/** An address that no label may hold still has a session. */
const UNNAMED = 'A member';
const NOTHING: MemberAnswer = { who: null, credentials: null, refreshToken: null };

const kept = z.strictObject({ refreshToken: z.string() });
/** What a window said is attacker-controlled; the service judges it further. */
const typed = z.strictObject({ email: z.string().trim().min(3).max(254), password: z.string().min(1) });

const WINDOW: FromKeeper = {
  type: 'ceremony',
  title: 'Sign in as a member of a brand',
  act: 'Sign in',
  danger: false,
  facts: [{ label: 'Session', value: 'It is kept in this vault and renewed while the vault is open.' }],
  warning: null,
  fields: [
    { name: 'email', label: 'E-mail', hint: 'of the account' },
    { name: 'password', label: 'Password', hint: 'it is sent once and not kept', secret: true },
  ],
};

interface Dependencies {
  readonly holdings: () => Pick<Holdings, 'list' | 'use' | 'putOnly' | 'remove'>;
  readonly tell: (message: KeeperToMain) => void;
  /** Something in the vault, or in the journal of its uses, is different now. */
  readonly changed: () => Promise<void>;
}

/** The session of one member of a brand: typed in a window of its own, at rest in the vault, out of it for one renewal at a time. */
export class MemberDesk {
  readonly #deps: Dependencies;
  #asking: string | null = null;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  async ask(id: string, ask: MemberAsk): Promise<void> {
    if (ask.what === 'sign-in') return this.#openWindow(id);
    try {
      this.#answer(id, await this.#work(ask));
      if (ask.what !== 'who') await this.#deps.changed();
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      this.#refuse(id, 'refused', error.message);
    }
  }

  async #work(ask: Exclude<MemberAsk, { what: 'sign-in' }>): Promise<Partial<MemberAnswer>> {
    const holdings = this.#deps.holdings();
    const item = this.#item();
    if (ask.what === 'keep') {
      const label = isLabel(ask.email) ? ask.email : UNNAMED;
      const secret = Buffer.from(JSON.stringify({ refreshToken: ask.refreshToken }));
      await holdings.putOnly({ type: TYPE, label, canary: false, secret }).finally(() => secret.fill(0));
    }
    if (ask.what === 'drop' && item) await holdings.remove(item.id);
    if (ask.what !== 'open' || !item) return {};
    return holdings.use(item.id, 'renew', (secret) => kept.parse(JSON.parse(secret.toString('utf8'))));
  }

  #item() {
    return this.#deps
      .holdings()
      .list()
      .find(({ type }) => type === TYPE);
  }

  /** One at a time: a page that asks again gets no second window to mistake for the first. */
  #openWindow(id: string): void {
    if (this.#asking === null) {
      this.#asking = id;
      this.#deps.tell({ type: 'open-window', role: 'vault', subject: id });
    } else this.#refuse(id, 'refused', 'A sign-in waits for you in its own window. Finish or close it.');
  }

  owns(subject: string | null): boolean {
    return subject !== null && this.#asking === subject;
  }

  closed(subject: string | null): void {
    if (!this.owns(subject) || subject === null) return;
    this.#end(subject);
    this.#refuse(subject, 'declined', 'The window was closed. Nobody was signed in.');
  }

  async answer(window: TrustedWindow, message: ToKeeper): Promise<void> {
    const id = this.#asking;
    if (id === null || id !== window.subject)
      return window.send(refusal('This was done already. Close the window.'));
    if (message.type === 'hello') return window.send(WINDOW);
    if (message.type === 'close-task') return this.closed(id);
    if (message.type !== 'ceremony-act') return window.send(refusal('This window was not opened for that.'));
    const credentials = typed.safeParse(message.values);
    if (!credentials.success)
      return window.send(refusal('Type the e-mail address and the password of the account.'));
    this.#end(id);
    this.#answer(id, { credentials: credentials.data });
  }

  #end(id: string): void {
    this.#asking = null;
    this.#deps.tell({ type: 'close-window', role: 'vault', subject: id });
  }

  #answer(id: string, answer: Partial<MemberAnswer>): void {
    const who = this.#item()?.label ?? null;
    this.#deps.tell({ type: 'member-answer', id, answer: { ...NOTHING, ...answer, who } });
  }

  #refuse(id: string, reason: 'declined' | 'refused', message: string): void {
    this.#deps.tell({ type: 'member-refused', id, reason, message });
  }
}

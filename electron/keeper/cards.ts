import type { Card } from '../../shared/http/card.ts';
import type { Prepared } from '../signer/request.ts';
import { hashOfCard, type Signer } from '../signer/signer.ts';
import { SignerError } from '../signer/signer-error.ts';
import type { KeeperToMain } from './protocol.ts';
import { refusal } from './trouble.ts';
import type { TrustedWindow } from './windows.ts';

type Tell = (message: KeeperToMain) => void;

interface Held {
  readonly id: string;
  readonly prepared: Prepared;
  readonly card: Card;
  /** The window that was shown this card; only its port may decide. */
  shownTo: TrustedWindow | null;
  decided: boolean;
}

/** More cards than anyone decides on: from there on it is an attack or a loop, and it is refused. */
const MAX_WAITING = 32;

/** Requests that wait for a person, one card at a time and in order. */
export class Cards {
  readonly #tell: Tell;
  readonly #signer: Signer;
  readonly #held: Held[] = [];

  constructor(signer: Signer, tell: Tell) {
    this.#signer = signer;
    this.#tell = tell;
  }

  hold(id: string, prepared: Prepared, card: Card): void {
    const known = this.#held.some((held) => held.id === id);
    if (known) this.#refuse(id, 'invalid-request', 'A request with this id is already waiting.');
    else if (this.#held.length >= MAX_WAITING)
      this.#refuse(id, 'rate-capped', 'Too many requests wait for a decision. Decide on those first.');
    else this.#enqueue({ id, prepared, card, shownTo: null, decided: false });
  }

  #enqueue(held: Held): void {
    this.#held.push(held);
    if (this.#held.length === 1) this.#openNext();
  }

  /** Draws the card of the window's own subject, if it is the one whose turn it is. */
  show(window: TrustedWindow): void {
    const head = this.#held[0];
    if (!head || head.id !== window.subject) {
      window.send(refusal('This card has been decided. Close the window.'));
      return;
    }
    head.shownTo = window;
    const { id, card } = head;
    window.send({
      type: 'card',
      request: { id, card, cardHash: hashOfCard(card), keyId: this.#signer.keyId },
    });
  }

  /** A decision counts when it comes from the window that was shown exactly this card, and once. */
  async decide(window: TrustedWindow, id: string, decision: 'sign' | 'decline'): Promise<void> {
    const head = this.#held[0];
    if (!head || head.id !== id || head.shownTo !== window || head.decided)
      return window.send(refusal('This card is not yours to decide.'));
    head.decided = true;
    if (decision === 'sign') await this.#sign(head);
    else this.#refuse(id, 'declined', 'You declined to sign this.');
    this.#finish(head);
  }

  /** A window that closes without a decision has declined. */
  closed(subject: string | null): void {
    const held = this.#held.find((candidate) => candidate.id === subject);
    if (!held || held.decided) return;
    held.decided = true;
    this.#refuse(held.id, 'declined', 'The card was closed without signing.');
    this.#finish(held);
  }

  async #sign({ id, prepared }: Held): Promise<void> {
    try {
      this.#tell({ type: 'signed', id, headers: await this.#signer.sign(prepared) });
    } catch (error) {
      if (!(error instanceof SignerError)) throw error;
      this.#refuse(id, error.code, error.message);
    }
  }

  #finish(held: Held): void {
    const wasHead = this.#held[0] === held;
    this.#held.splice(this.#held.indexOf(held), 1);
    this.#tell({ type: 'close-window', role: 'card', subject: held.id });
    if (wasHead) this.#openNext();
  }

  #openNext(): void {
    const next = this.#held[0];
    if (next) this.#tell({ type: 'open-window', role: 'card', subject: next.id });
  }

  #refuse(id: string, reason: 'declined' | 'invalid-request' | 'rate-capped', message: string): void {
    this.#tell({ type: 'not-signed', id, reason, message });
  }
}

import type { Draft, DraftForm } from '../../shared/ipc/drafts.ts';
import type { Bridge } from './bridge.ts';

type Place = Pick<Draft, 'form' | 'subject'>;

/**
 * What is typed and not sent, told to main as it is typed, so that a window whose process ends comes back with it. One question at a
 * time: while main has one, only the newest typing of each form waits.
 */
export class Drafts {
  readonly #ask: Bridge['ask'];
  readonly #kept = new Map<DraftForm, Draft>();
  readonly #waiting = new Map<DraftForm, Draft | null>();
  readonly #listeners = new Set<() => void>();
  #asking = false;
  #found: readonly Draft[] = [];
  #refused: ReadonlySet<DraftForm> = new Set();

  constructor(ask: Bridge['ask']) {
    this.#ask = ask;
  }

  /** Reads what a window before this one left. Without an answer there is nothing to offer, and the page works without. */
  async load(): Promise<void> {
    const left = await this.#ask('drafts.list', undefined).catch((): Draft[] => []);
    for (const draft of left) if (!this.#kept.has(draft.form)) this.#kept.set(draft.form, draft);
    this.#found = left.filter((draft) => this.#kept.get(draft.form) === draft);
    this.#tell();
  }

  /** Left by a window before this one, and not looked at since. */
  readonly found = (): readonly Draft[] => this.#found;

  /** Forms whose typing main would not keep. */
  readonly refused = (): ReadonlySet<DraftForm> => this.#refused;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What was typed into this form about this subject before; null for nothing. */
  of({ form, subject }: Place): Draft['fields'] | null {
    const draft = this.#kept.get(form);
    return draft?.subject === subject ? draft.fields : null;
  }

  /** The form is open: it says itself what came back. */
  opened(place: Place): void {
    if (this.of(place)) this.#settle(place.form);
  }

  /** In the place of whatever was typed into this form before, also about something else. */
  keep(draft: Draft): void {
    this.#settle(draft.form);
    this.#kept.set(draft.form, draft);
    this.#send(draft.form, draft);
  }

  /** Sent, put away or discarded: nothing of it comes back. */
  drop(place: Place): void {
    if (!this.of(place)) return;
    this.#settle(place.form);
    this.#kept.delete(place.form);
    this.#send(place.form, null);
  }

  #settle(form: DraftForm): void {
    if (!this.#found.some((draft) => draft.form === form)) return;
    this.#found = this.#found.filter((draft) => draft.form !== form);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #send(form: DraftForm, draft: Draft | null): void {
    this.#waiting.set(form, draft);
    if (!this.#asking) void this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    this.#asking = true;
    for (const [form, draft] of this.#waiting) {
      this.#waiting.delete(form);
      const asked = draft ? this.#ask('drafts.keep', draft) : this.#ask('drafts.drop', { form });
      this.#heard(
        form,
        await asked.then(
          () => true,
          () => false,
        ),
      );
    }
    this.#asking = false;
  }

  #heard(form: DraftForm, isKept: boolean): void {
    if (this.#refused.has(form) === !isKept) return;
    const refused = new Set(this.#refused);
    if (isKept) refused.delete(form);
    else refused.add(form);
    this.#refused = refused;
    this.#tell();
  }
}

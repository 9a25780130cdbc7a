import { z } from 'zod';
import type { Holdings } from '../vault/holdings.ts';
import { type Anchor, NO_LINES } from './journal.ts';
import { Looks } from './looks.ts';
import { readJson } from './persons.ts';
import { nonceText } from './second-files.ts';

export const APPROVALS_TYPE = 'approvals';
/** A console answers and asks some dozen times a year. An older answer is refused too, as one that nobody asked for. */
const KEPT = 500;

/** Requests live for two hours; nobody answers more of them in that time. An answer that is dropped costs a new request. */
const KEPT_ANSWERS = 20;

const remembered = z.strictObject({
  /** What this console asked and has no answer to; the key that the part comes back under is in here and nowhere else. */
  waiting: z
    .strictObject({ item: z.uuid(), request: z.string().max(16 * 1024), identity: z.string().max(200) })
    .nullable(),
  /** Answers that opened something here, by nonce. */
  used: z.array(nonceText).max(KEPT),
  /** Requests of others that were answered here. */
  answered: z.array(nonceText).max(KEPT),
  /** What was answered, until its request expires: a file that was lost on the way is written again, and nothing else is. */
  answers: z
    .array(
      z.strictObject({
        nonce: nonceText,
        /** SHA-256 (base64url) of what the request's signature covers. */
        request: z.string().max(64),
        expires: z.iso.datetime(),
        answer: z.string().max(16 * 1024),
      }),
    )
    .max(KEPT_ANSWERS)
    .default([]),
  /** How far the journal of what was approved here had come: an end that is cut off is missed. */
  journal: z
    .strictObject({
      lines: z.number().int().nonnegative(),
      bytes: z.number().int().nonnegative(),
      head: z.string().regex(/^[0-9a-f]{64}$/),
    })
    .default(NO_LINES),
});
export type Remembered = z.infer<typeof remembered>;

const NOTHING: Remembered = { waiting: null, used: [], answered: [], answers: [], journal: NO_LINES };

/** What this console remembers of approvals: an item of the vault, so that no older copy of it is believed. */
export class Approvals {
  readonly #holdings: () => Pick<Holdings, 'list' | 'use' | 'putOnly'>;
  readonly #looks = new Looks<Anchor>();
  /** As it was read or written last; nothing else writes it. */
  #anchor: Anchor | null = null;

  constructor(holdings: () => Pick<Holdings, 'list' | 'use' | 'putOnly'>) {
    this.#holdings = holdings;
  }

  get #item(): string | null {
    const item = this.#holdings()
      .list()
      .find(({ type }) => type === APPROVALS_TYPE);
    return item?.id ?? null;
  }

  /** @throws CustodyError `second-malformed` */
  async read(why: 'approve' | 'check' = 'approve'): Promise<Remembered> {
    const item = this.#item;
    if (item === null) return NOTHING;
    const state = await this.#holdings().use(item, why, (secret) =>
      readJson(secret.toString('utf8'), remembered, secret.length, 'what this vault remembers of approvals'),
    );
    this.#anchor = state.journal;
    return state;
  }

  /** How far the journal had come, for whoever looks again and again: the item is opened for it once. @throws as `read` does */
  async anchor(): Promise<Anchor> {
    const item = this.#item;
    if (this.#anchor || item === null) return this.#anchor ?? NO_LINES;
    return this.#looks.at(item, async () => (await this.read('check')).journal);
  }

  async write({ waiting, used, answered, answers, journal }: Remembered): Promise<void> {
    const kept = {
      ...{ waiting, used: used.slice(-KEPT), answered: answered.slice(-KEPT) },
      answers: answers.slice(-KEPT_ANSWERS),
      journal,
    };
    const secret = Buffer.from(JSON.stringify(kept), 'utf8');
    const item = {
      type: APPROVALS_TYPE,
      label: 'Approvals between consoles',
      canary: false,
      secret,
    } as const;
    await this.#holdings()
      .putOnly(item)
      .finally(() => secret.fill(0));
    this.#anchor = journal;
  }
}

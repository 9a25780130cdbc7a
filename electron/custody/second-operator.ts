import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { Holdings } from '../vault/holdings.ts';
import type { SigningHandle } from '../vault/items.ts';
import { Approvals } from './approvals.ts';
import type { ApprovedDeed } from './approved-deeds.ts';
import { type Deed, deedDigest, requireElsewhere } from './deed.ts';
import type { Anchor } from './journal.ts';
import {
  introduce,
  type KnownOperator,
  keyIdOf,
  type Person,
  readIntroduction,
  refused,
  requireAsEnrolled,
  requireTwoPersons,
  type TwoPersons,
} from './persons.ts';
import type { Receiving } from './receiving.ts';
import { labelOf } from './rotation-parts.ts';
import {
  parseRequest,
  REQUEST_MS,
  readAnswer,
  readRequest,
  requestDigest,
  type SecondRequest,
  writeAnswer,
  writeRequest,
} from './second-files.ts';
import { type Grant, SharedHoldings } from './shared-holdings.ts';
import {
  headerDigest,
  openPart,
  SHARED_TYPE,
  type SharedHeader,
  sealPart,
  splitKey,
} from './two-person-wallet.ts';
import type { WalletIdentity } from './wallet-key.ts';

/** A sweep is some transactions, each read by a person; after that the second operator is asked again. */
export const SWEEP_MS = 30 * 60 * 1000;
/** What a request that is given out once more has left at least: somebody has to carry it to another room and back. */
export const REUSED_MS = 30 * 60 * 1000;
const NONCE_BYTES = 16;

/** What a journal keeps of an approval. */
export interface Approval {
  /** Of the deed. */
  readonly digest: string;
  readonly nonce: string;
  /** Thumbprint of the second operator's key. */
  readonly by: string;
}

interface Deps {
  readonly holdings: () => Pick<Holdings, 'list' | 'add' | 'use' | 'remove' | 'putOnly'>;
  readonly custodian: Pick<SigningHandle, 'publicKey' | 'sign'>;
  readonly receiving: Pick<Receiving, 'recipient' | 'withIdentity'>;
  readonly now: () => Date;
  readonly random: (bytes: number) => Buffer;
  /** Writes down what was approved, and by whom, behind what was; how far that comes is remembered before anything opens with it. */
  readonly record: (approved: ApprovedDeed, anchor: Anchor) => Promise<Anchor>;
}

const digestText = (asked: SecondRequest): string => requestDigest(asked).toString('base64url');

/** Wallets that open with the keys of two operators, on the console of the first one and on that of the second. */
export class SecondOperator {
  readonly #deps: Deps;
  readonly #approvals: Approvals;
  /** What rotations use: a wallet of two persons stays closed in it until the second one has approved. */
  readonly holdings: SharedHoldings;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#approvals = new Approvals(deps.holdings);
    this.holdings = new SharedHoldings({
      holdings: deps.holdings,
      now: deps.now,
      ownPart: ({ parts, header }) => this.#ownPart('check', parts.first, header),
    });
  }

  #ownPart(why: 'check' | 'approve', sealed: string, header: SharedHeader): Promise<Buffer> {
    return this.#deps.receiving.withIdentity(why, (identity) =>
      openPart(sealed, identity, headerDigest(header)),
    );
  }

  /** This console, under the name that its operator has. */
  async self(name: string): Promise<Person> {
    return {
      name,
      publicKey: this.#deps.custodian.publicKey,
      recipient: await this.#deps.receiving.recipient(),
    };
  }

  async introduction(name: string): Promise<string> {
    return introduce(await this.self(name), this.#deps.custodian);
  }

  /**
   * This console and another one, as the two persons of a wallet.
   * @param told the file of the other one, and its key as it was told by another way
   * @param known by whom each key was enrolled, where a service answers
   * @throws CustodyError `same-key`, `same-person`, `second-…`, of a revoked key too
   */
  async meet(
    name: string,
    told: { readonly introduction: string; readonly key: string },
    known: readonly KnownOperator[],
  ): Promise<TwoPersons> {
    const persons = { first: await this.self(name), second: readIntroduction(told.introduction, told.key) };
    requireTwoPersons(persons);
    requireAsEnrolled(persons, known);
    return persons;
  }

  /** Null for an item that one person opens. */
  async identityOf(item: string): Promise<WalletIdentity | null> {
    return this.holdings.isShared(item) ? (await this.holdings.shared(item)).header.wallet : null;
  }

  /**
   * @param origin of a key that was not drawn here
   * @throws CustodyError `same-key`, `same-person`
   */
  async keep(
    seed: Uint8Array,
    ceremony: string,
    persons: TwoPersons,
    origin?: SharedHeader['origin'],
  ): Promise<void> {
    const made = { ceremony, persons, ...(origin ? { origin } : {}) };
    const text = await splitKey(seed, made, this.#deps.random);
    const secret = Buffer.from(text, 'utf8');
    const item = { type: SHARED_TYPE, label: labelOf(ceremony), canary: false, secret } as const;
    await this.#deps.holdings().add([item]);
  }

  /** What goes to the second operator. Asked for the same again, it is the same request, while there is time to answer it. */
  async ask(item: string, deed: Deed): Promise<{ readonly text: string; readonly asked: SecondRequest }> {
    const { header, parts } = await this.holdings.shared(item);
    requireElsewhere(header, deed);
    const now = this.#deps.now();
    const state = await this.#approvals.read();
    const waits = state.waiting ? parseRequest(state.waiting.request) : null;
    if (
      state.waiting &&
      waits?.digest === deedDigest(header, deed) &&
      Date.parse(waits.expires) >= now.getTime() + REUSED_MS
    )
      return { text: state.waiting.request, asked: waits };
    const identity = await generateX25519Identity();
    const nonce = this.#deps.random(NONCE_BYTES).toString('base64url');
    const reply = await identityToRecipient(identity);
    const text = writeRequest({ nonce, now, header, deed, part: parts.second, reply }, this.#deps.custodian);
    await this.#approvals.write({ ...state, waiting: { item, request: text, identity } });
    return { text, asked: parseRequest(text) };
  }

  /** The part of the second operator, once: the answer is used up before anything opens with it. */
  async #accept(item: string, deed: Deed, answer: string): Promise<{ part: Buffer; approval: Approval }> {
    const state = await this.#approvals.read();
    const asked = state.waiting ? parseRequest(state.waiting.request) : null;
    const given = readAnswer(answer, {
      asked,
      ...{ publicKey: this.#deps.custodian.publicKey, now: this.#deps.now() },
      wasUsed: (nonce) => state.used.includes(nonce),
    });
    if (!asked || state.waiting?.item !== item || asked.digest !== deedDigest(asked.header, deed))
      throw refused('second-foreign', 'This is the approval of something else. Nothing was opened.');
    const approval = { digest: asked.digest, nonce: asked.nonce, by: keyIdOf(given.signer) };
    const { wallet, second } = asked.header;
    const approved = { ...approval, wallet: wallet.address, deed: asked.deed, name: second.name };
    // Killed in between, the journal is a line longer than the vault remembers, and nothing has opened with that line.
    const journal = await this.#deps.record(approved, state.journal);
    await this.#approvals.write({ ...state, waiting: null, used: [...state.used, given.nonce], journal });
    const part = await openPart(given.part, state.waiting.identity, requestDigest(asked));
    return { part, approval };
  }

  async #grant(item: string, deed: Deed, answer: string, ms: number) {
    const { part, approval } = await this.#accept(item, deed, answer);
    const grant: Grant = { item, deed, part, until: this.#deps.now().getTime() + ms };
    this.holdings.grant(grant);
    return { grant, approval };
  }

  /** Does what was approved, while the part is here. @throws CustodyError `second-…` */
  async during<T>(
    item: string,
    deed: Deed,
    answer: string,
    work: (approval: Approval) => Promise<T>,
  ): Promise<T> {
    const { grant, approval } = await this.#grant(item, deed, answer, REQUEST_MS);
    try {
      return await work(approval);
    } finally {
      // A sweep that was admitted meanwhile, or before, is another one.
      this.holdings.end(grant);
    }
  }

  /** How far the journal of what was approved here had come. @throws CustodyError, VaultError */
  anchor(): Promise<Anchor> {
    return this.#approvals.anchor();
  }

  /** What was admitted is done with. */
  end(): void {
    this.holdings.end();
  }

  /** Keeps the part for the transactions of a sweep, once `note` has it written down. It is gone with the process, as with every lock. */
  async admitSweep(
    item: string,
    deed: Extract<Deed, { action: 'sweep' }>,
    answer: string,
    note: (approval: Approval) => Promise<void>,
  ): Promise<void> {
    const { grant, approval } = await this.#grant(item, deed, answer, SWEEP_MS);
    await note(approval).catch((error: unknown) => {
      this.holdings.end(grant);
      throw error;
    });
  }

  /** @returns the request, and what it was answered with where it was answered before */
  async #read(text: string): Promise<{ readonly asked: SecondRequest; readonly given: string | null }> {
    const { answered, answers } = await this.#approvals.read();
    const givenTo = (asked: SecondRequest): string | null => {
      const digest = digestText(asked);
      return answers.find(({ request }) => request === digest)?.answer ?? null;
    };
    const asked = readRequest(text, {
      publicKey: this.#deps.custodian.publicKey,
      recipient: await this.#deps.receiving.recipient(),
      now: this.#deps.now(),
      wasAnswered: (request) => answered.includes(request.nonce) && givenTo(request) === null,
    });
    return { asked, given: givenTo(asked) };
  }

  /** Another console's request, for a person to read. The part is opened, to see that it is of that wallet, and closed. */
  async inspect(text: string): Promise<SecondRequest & { readonly isAnswered: boolean }> {
    const { asked, given } = await this.#read(text);
    (await this.#ownPart('check', asked.part, asked.header)).fill(0);
    return { ...asked, isAnswered: given !== null };
  }

  /**
   * Gives this operator's part to that one request; remembered before it leaves. The same request again is the same answer: a file
   * that was never written, or lost on the way, costs both nothing, and opens nothing that the first one did not.
   */
  async approve(text: string): Promise<string> {
    const { asked, given } = await this.#read(text);
    if (given !== null) return given;
    const part = await this.#ownPart('approve', asked.part, asked.header);
    try {
      const sealed = await sealPart(part, asked.reply, requestDigest(asked));
      const answer = writeAnswer(asked, { part: sealed, now: this.#deps.now() }, this.#deps.custodian);
      await this.#remember(asked, answer);
      return answer;
    } finally {
      part.fill(0);
    }
  }

  async #remember(asked: SecondRequest, answer: string): Promise<void> {
    const state = await this.#approvals.read();
    const { nonce, expires } = asked;
    const now = this.#deps.now().getTime();
    const live = state.answers.filter((kept) => Date.parse(kept.expires) > now);
    const answers = [...live, { nonce, request: digestText(asked), expires, answer }];
    await this.#approvals.write({ ...state, answered: [...state.answered, nonce], answers });
  }
}

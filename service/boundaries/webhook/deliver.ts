import type { Actor } from '../../../shared/ledger/entry.ts';
import type { EventData } from '../../../shared/ledger/events.ts';
import { type Database, type Tx, transact } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import type { Post } from '../../outbound/post.ts';
import { signedHeaders, webhookKey } from './message.ts';
import {
  FAILING_FROM,
  failureOf,
  MOST_ATTEMPTS,
  type Outcome,
  outcomeOf,
  pauseMs,
  type WebhookRow,
} from './rules.ts';
import {
  type Claimed,
  claimDeliveries,
  countFailure,
  dropWaiting,
  forgetDeliveries,
  lockWebhook,
  markFailing,
  markWorking,
  readWebhook,
  writeOutcome,
} from './store.ts';
import type { Tally } from './tally.ts';

export interface DeliveryDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
  readonly post: Post;
  readonly seed: Uint8Array;
  readonly tally: Pick<Tally, 'note'>;
  random(bytes: number): Uint8Array;
  now(): Date;
}

type Failed = Extract<Outcome, { delivered: false }>;

/** Messages that one instance sends at a time. */
const AT_ONCE = 8;
/** Six times as long as a call may take: whoever holds a lease has ended, or is dead, before it ends. */
const LEASE_MS = 60_000;
const DAY_MS = 86_400_000;
const KEEP_DONE_MS = 30 * DAY_MS;
const KEEP_DEAD_MS = 90 * DAY_MS;

const SYSTEM: Actor = { type: 'system', id: 'webhook', name: null };
const BY = { actor: SYSTEM, agent: null, requestId: null };

/** Sends what waits in the outbox. Any instance may; what one has taken, no other takes until its lease is over. */
export class Deliverer {
  readonly #deps: DeliveryDeps;
  readonly #stop = new AbortController();

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
  }

  /** Breaks off what is being sent; it is sent again when the lease is over. */
  stop(): void {
    this.#stop.abort();
  }

  async run(): Promise<void> {
    const { db, now } = this.#deps;
    while (!this.#stop.signal.aborted) {
      const until = new Date(now().getTime() + LEASE_MS);
      const claimed = await claimDeliveries(db.kysely, { now: now(), until, limit: AT_ONCE });
      if (claimed.length === 0) return;
      // Read as late as can be: a former address hears of nothing that was taken after its end.
      const webhook = await readWebhook(db.kysely);
      if (!webhook) {
        await dropWaiting(db.kysely, now());
        return;
      }
      await Promise.all(claimed.map((one) => this.#deliver(webhook, one)));
    }
  }

  async #deliver(webhook: WebhookRow, one: Claimed): Promise<void> {
    const { post, seed, now } = this.#deps;
    const headers = signedHeaders(webhookKey(seed, webhook.id), one.event_id, one.body, now());
    const call = { url: webhook.url, headers, body: one.body, stop: this.#stop.signal };
    const outcome = await post(call).then(outcomeOf, failureOf);
    // Broken off by ourselves: that says nothing about the receiver.
    if (!outcome.delivered && outcome.status === null && this.#stop.signal.aborted) return;
    const written = await transact(this.#deps.db, (tx) => this.#write(tx, webhook, one, outcome));
    // Whoever took it over counts it.
    if (written !== null) this.#deps.tally.note(outcome, written === 'dead');
  }

  /** @returns null when somebody else has taken the message since */
  async #write(
    tx: Tx,
    webhook: WebhookRow,
    one: Claimed,
    outcome: Outcome,
  ): Promise<'delivered' | 'pending' | 'dead' | null> {
    const { random, now } = this.#deps;
    const at = now();
    if (outcome.delivered) {
      if (!(await writeOutcome(tx, one, { state: 'delivered', status: outcome.status, at }))) return null;
      await this.#works(tx, webhook, at);
      return 'delivered';
    }
    const dueAt = new Date(at.getTime() + pauseMs(one.attempts, random(1)[0] ?? 0));
    const state = one.attempts >= MOST_ATTEMPTS ? 'dead' : 'pending';
    const { error, status } = outcome;
    if (!(await writeOutcome(tx, one, { state, error, status, at, dueAt }))) return null;
    await this.#fails(tx, webhook, outcome, at);
    return state;
  }

  async #works(tx: Tx, { id }: WebhookRow, at: Date): Promise<void> {
    const before = await lockWebhook(tx);
    if (before?.id !== id) return;
    await markWorking(tx, id, at);
    if (before.failing_since === null) return;
    const data: EventData<'webhook.restored'> = { webhookId: id, because: 'delivered' };
    await this.#deps.staging.stage(tx, { ...BY, kind: 'webhook.restored', data });
  }

  async #fails(tx: Tx, { id }: WebhookRow, { error, status }: Failed, at: Date): Promise<void> {
    const row = await countFailure(tx, id);
    if (!row || row.failing_since !== null || row.failures < FAILING_FROM) return;
    await markFailing(tx, id, at);
    const because = status === null ? error : `${error} ${status}`;
    const data: EventData<'webhook.failing'> = { webhookId: id, failures: row.failures, because };
    await this.#deps.staging.stage(tx, { ...BY, kind: 'webhook.failing', data });
  }
}

export const forgetOld = ({ db, now }: Pick<DeliveryDeps, 'db' | 'now'>): Promise<unknown> =>
  forgetDeliveries(db.kysely, {
    done: new Date(now().getTime() - KEEP_DONE_MS),
    dead: new Date(now().getTime() - KEEP_DEAD_MS),
  });

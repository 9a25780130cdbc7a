import { makeId } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate, type Stage } from '../../identity/mutation.ts';
import { secretText, webhookKey } from './message.ts';
import {
  type AddressRules,
  requireSame,
  requireSendable,
  toDelivery,
  toWebhook,
  type WebhookRow,
} from './rules.ts';
import {
  countWaiting,
  dropWaiting,
  endWebhook,
  insertWebhook,
  listDeliveries,
  lockWebhook,
  readWebhook,
  retryDeliveries,
} from './store.ts';

export interface WebhookHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  readonly seed: Uint8Array;
  readonly address: AddressRules;
  random(bytes: number): Uint8Array;
}

type WebhookHandlers = Pick<Handlers, Extract<keyof Handlers, `webhook.${string}`>>;

const LISTED = 50;

const state =
  ({ db: { kysely } }: WebhookHandlerDeps): WebhookHandlers['webhook.state'] =>
  async () => {
    const row = await readWebhook(kysely);
    const { backlog, dead, oldest } = await countWaiting(kysely);
    const deliveries = (await listDeliveries(kysely, LISTED)).map(toDelivery);
    const body = { webhook: row ? toWebhook(row) : null, backlog, dead, deliveries };
    return { status: 200, body: { ...body, oldestAt: oldest?.toISOString() ?? null } };
  };

/** An alert about a webhook that fails ends with it. */
async function end(
  tx: Tx,
  stage: Stage,
  former: WebhookRow,
  as: { readonly at: Date; readonly by: string; readonly because: 'replaced' | 'removed' },
): Promise<void> {
  await endWebhook(tx, former.id, as.at, as.by);
  if (former.failing_since !== null)
    await stage('webhook.restored', { webhookId: former.id, because: as.because });
}

const set =
  ({ mutate, random, seed, address }: WebhookHandlerDeps): WebhookHandlers['webhook.set'] =>
  ({ body: { url } }, ctx) =>
    mutate('webhook.set', ctx, async (tx, stage): Promise<Done<'webhook.set'>> => {
      requireSendable(url, address);
      const at = ctx.now();
      const by = actorOf(ctx).id;
      const former = await lockWebhook(tx);
      if (former) await end(tx, stage, former, { at, by, because: 'replaced' });
      const id = makeId('webhook', random(10), at.getTime());
      const row = await insertWebhook(tx, { id, url, set_at: at, set_by: by });
      await retryDeliveries(tx, ['pending'], at);
      const eventId = await stage('webhook.set', { webhookId: id, url, replaces: former?.id ?? null });
      const body = { webhook: toWebhook(row), secret: secretText(webhookKey(seed, id)), eventId };
      return { subject: id, answer: { status: 201, body } };
    });

const remove =
  ({ mutate }: WebhookHandlerDeps): WebhookHandlers['webhook.remove'] =>
  ({ body: { webhookId, url, reason } }, ctx) =>
    mutate('webhook.remove', ctx, async (tx, stage): Promise<Done<'webhook.remove'>> => {
      const row = requireSame(await lockWebhook(tx), webhookId);
      if (row.url !== url) throw new HttpError('name_mismatch', `${webhookId} leads to another address`);
      const at = ctx.now();
      await end(tx, stage, row, { at, by: actorOf(ctx).id, because: 'removed' });
      const dropped = await dropWaiting(tx, at);
      const eventId = await stage('webhook.removed', { webhookId, url, dropped, reason });
      return { subject: webhookId, answer: { status: 200, body: { dropped, eventId } } };
    });

const test =
  ({ mutate }: WebhookHandlerDeps): WebhookHandlers['webhook.test'] =>
  ({ body: { webhookId } }, ctx) =>
    mutate('webhook.test', ctx, async (tx, stage): Promise<Done<'webhook.test'>> => {
      requireSame(await lockWebhook(tx), webhookId);
      const eventId = await stage('webhook.tested', { webhookId });
      return { subject: webhookId, answer: { status: 202, body: { eventId } } };
    });

const retry =
  ({ mutate }: WebhookHandlerDeps): WebhookHandlers['webhook.retry'] =>
  ({ body: { webhookId } }, ctx) =>
    mutate('webhook.retry', ctx, async (tx, stage): Promise<Done<'webhook.retry'>> => {
      requireSame(await lockWebhook(tx), webhookId);
      const retried = await retryDeliveries(tx, ['dead'], ctx.now());
      if (retried === 0) throw new HttpError('conflict', 'nothing was given up');
      const eventId = await stage('webhook.retried', { webhookId, retried });
      return { subject: webhookId, answer: { status: 200, body: { retried, eventId } } };
    });

export const webhookHandlers = (deps: WebhookHandlerDeps): WebhookHandlers => ({
  'webhook.state': state(deps),
  'webhook.set': set(deps),
  'webhook.remove': remove(deps),
  'webhook.test': test(deps),
  'webhook.retry': retry(deps),
});

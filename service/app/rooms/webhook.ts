import { announcing } from '../../boundaries/webhook/announce.ts';
import { Deliverer, forgetOld } from '../../boundaries/webhook/deliver.ts';
import { webhookHandlers } from '../../boundaries/webhook/routes.ts';
import { Tally, type WebhookCalls } from '../../boundaries/webhook/tally.ts';
import { openWayOut } from '../../boundaries/webhook/way-out.ts';
import { createMutate } from '../../identity/mutation.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof webhookHandlers>;

/** The same parts, for rooms whose events are told outside. */
export const announced = (parts: RoomParts): RoomParts => ({
  ...parts,
  staging: announcing(parts.staging, parts.now),
});

/** Tells alerts to one machine outside. @param parts announced, so that a test of the webhook goes the way of an alert */
export function openWebhook(parts: RoomParts): OpenedRoom<Answers> & { readonly calls: () => WebhookCalls } {
  const { settings, keys, db, staging, random, now } = parts;
  const seed = Buffer.from(keys.webhookSeed, 'base64url');
  const { post, address } = openWayOut(settings.webhook, settings.environment === 'development');
  const tally = new Tally();
  const deliverer = new Deliverer({ db, staging, seed, random, now, post, tally });
  return {
    calls: () => tally.calls(),
    handlers: webhookHandlers({ db, mutate: createMutate(db, staging), seed, address, random }),
    jobs: [
      { name: 'webhook', everyMs: 500, run: () => deliverer.run(), stop: () => deliverer.stop() },
      { name: 'webhook-history', everyMs: 60 * 60_000, run: () => forgetOld({ db, now }) },
    ],
  };
}

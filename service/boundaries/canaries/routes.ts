import type { Canary } from '../../../shared/http/canaries.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { actorOf, type Done, type Mutate } from '../../identity/mutation.ts';
import { newSecret, SECRET_BYTES } from '../../identity/secret.ts';
import { type CanaryRow, insertCanary, listCanaries } from './store.ts';

export interface CanaryHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
}

type CanaryHandlers = Pick<Handlers, 'canaries.list' | 'canaries.plant'>;

const toCanary = (row: CanaryRow): Canary => ({
  id: row.id,
  label: row.label,
  displayPrefix: row.display_prefix,
  plantedAt: row.planted_at.toISOString(),
  plantedBy: row.planted_by,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});

export const canaryHandlers = ({ db, mutate, random }: CanaryHandlerDeps): CanaryHandlers => ({
  'canaries.list': async () => ({
    status: 200,
    body: { canaries: (await listCanaries(db.kysely)).map(toCanary) },
  }),
  'canaries.plant': ({ body: { label, family } }, ctx) =>
    mutate('canaries.plant', ctx, async (tx, stage): Promise<Done<'canaries.plant'>> => {
      const at = ctx.now();
      const id = makeId('canary', random(10), at.getTime());
      const { secret, hash, displayPrefix } = newSecret(family, random(SECRET_BYTES));
      const planted = { planted_at: at, planted_by: actorOf(ctx).id, display_prefix: displayPrefix };
      const row = await insertCanary(tx, { id, label, secret_hash: hash, ...planted });
      const eventId = await stage('canary.planted', { canaryId: id, label, displayPrefix });
      return { subject: id, answer: { status: 201, body: { canary: toCanary(row), secret, eventId } } };
    }),
});

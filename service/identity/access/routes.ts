import { type AccessRow, accessText } from '../../../shared/http/access-review.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import { type Database, transact } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Done, Mutate } from '../mutation.ts';
import { lockRoster } from '../operators/roster.ts';
import { requireSigned } from '../proposals/propose.ts';
import { accessRows, digestOf, dueOf, kindsThatShowUse, toReview } from './rules.ts';
import {
  insertReview,
  listReviews,
  readFirstEnrolment,
  readHolders,
  readLastActs,
  readRoleChanges,
} from './store.ts';

export interface AccessHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  readonly now: () => Date;
  random(bytes: number): Uint8Array;
}

type Reader = Pick<Database, 'kysely'>['kysely'];
type AccessHandlers = Pick<Handlers, 'access.state' | 'access.sign'>;

const SHOWN_REVIEWS = 50;

async function readRows(db: Reader): Promise<AccessRow[]> {
  const holders = await readHolders(db);
  const ids = holders.map(({ id }) => id);
  const acts = await readLastActs(db, ids, kindsThatShowUse(holders));
  return accessRows(holders, acts, await readRoleChanges(db));
}

const state =
  ({ db, now }: AccessHandlerDeps): AccessHandlers['access.state'] =>
  async () => {
    const body = await transact(
      db,
      async (tx) => {
        const rows = await readRows(tx);
        const reviews = await listReviews(tx, SHOWN_REVIEWS);
        const dueAt = dueOf(reviews[0]?.at, await readFirstEnrolment(tx));
        return {
          rows,
          digest: digestOf(accessText(rows)).toString('hex'),
          dueAt: dueAt?.toISOString() ?? null,
          overdue: dueAt !== null && dueAt.getTime() <= now().getTime(),
          reviews: reviews.map(toReview),
        };
      },
      // One snapshot: an entry that gets its number between two looks would be seen twice or not at all.
      { isolation: 'repeatable read', readOnly: true },
    );
    return { status: 200, body };
  };

const sign =
  ({ mutate, random }: AccessHandlerDeps): AccessHandlers['access.sign'] =>
  ({ body: { digest, rows: count } }, ctx) =>
    mutate('access.sign', ctx, async (tx, stage): Promise<Done<'access.sign'>> => {
      const { principal } = ctx;
      requireSigned(ctx);
      if (principal.type !== 'operator') throw new HttpError('forbidden', 'only an operator can review');
      await lockRoster(tx);
      const rows = await readRows(tx);
      const reviewed = accessText(rows);
      const now = digestOf(reviewed);
      if (now.toString('hex') !== digest || rows.length !== count)
        throw new HttpError('conflict', 'who can do what has changed since these rows were read; look again');
      const { id: operatorId, name, keyId } = principal;
      const id = makeId('accessReview', random(10), ctx.now().getTime());
      const row = await insertReview(tx, {
        ...{ id, at: ctx.now(), operator_id: operatorId, name, key_id: keyId },
        ...{ digest: now, row_count: count, reviewed },
      });
      const eventId = await stage('operators.access-reviewed', { reviewId: id, digest, rows: count, keyId });
      return { subject: id, answer: { status: 201, body: { review: toReview(row), eventId } } };
    });

export const accessHandlers = (deps: AccessHandlerDeps): AccessHandlers => ({
  'access.state': state(deps),
  'access.sign': sign(deps),
});

import { derive } from '../../ledger/derive.ts';
import { digestOf } from './rules.ts';
import { everyReview } from './store.ts';

interface ReviewState {
  /** Of the rows as they are kept. */
  readonly digest: string;
  readonly rows: number;
  readonly by: string;
  readonly keyId: string;
}

/** Reviews of who can do what: exactly the rows that somebody signed. */
export const accessReviewStates = derive<ReviewState>({
  domain: 'access reviews',
  tables: ['access_reviews'],
  stored: async function* (tx) {
    for await (const { id, reviewed, row_count: rows, operator_id: by, key_id: keyId } of everyReview(tx))
      yield [id, { digest: digestOf(reviewed).toString('hex'), rows, by, keyId }];
  },
  steps: {
    'operators.access-reviewed': (told, { reviewId, digest, rows, keyId }, { actor: by }) =>
      told.is(reviewId, { digest, rows, by, keyId }),
  },
});

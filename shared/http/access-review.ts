import canonicalize from 'canonicalize';
import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { sha256Hex } from '../ledger/entry.ts';
import { keyThumbprint, operatorName, operatorRole } from './operator-parts.ts';
import { defineRoutes } from './route.ts';

/** Who has authority is looked at by a person at least this often. */
export const ACCESS_REVIEW_DAYS = 90;

/** One person's authority over one group of routes. */
export const accessRow = z.strictObject({
  operatorId: idOf('operator'),
  name: operatorName,
  role: operatorRole,
  keyId: keyThumbprint,
  group: z.string(),
  routes: z.array(z.string()),
  risk: z.enum(['routine', 'sensitive', 'critical']),
  /** When this key got the authority: its enrolment, or the last change of its role. */
  since: z.iso.datetime(),
  /** UTC day of the last entry of the ledger that shows it in use. A day, so that a busy operator does not end a review at every act. */
  lastUsedOn: z.iso.date().nullable(),
});
export type AccessRow = z.infer<typeof accessRow>;

const accessReview = z.object({
  id: idOf('accessReview'),
  at: z.iso.datetime(),
  operatorId: idOf('operator'),
  name: operatorName,
  keyId: keyThumbprint,
  digest: sha256Hex,
  rows: z.number().int(),
});
export type AccessReview = z.infer<typeof accessReview>;

export const accessReviewState = z.object({
  rows: z.array(accessRow),
  /** SHA-256 over `accessBytes` of these rows. */
  digest: sha256Hex,
  /** When the next review has to be signed; null while nobody has enrolled. */
  dueAt: z.iso.datetime().nullable(),
  overdue: z.boolean(),
  /** Newest first, at most 50. */
  reviews: z.array(accessReview),
});
export type AccessReviewState = z.infer<typeof accessReviewState>;

/** The bytes whose SHA-256 a reviewer signs: JCS (RFC 8785) of the rows, in the order in which they are shown. */
export const accessText = (rows: readonly AccessRow[]): string =>
  canonicalize({ version: 1, rows }) as string;

export const accessReviewRoutes = defineRoutes({
  'access.state': {
    method: 'GET',
    path: '/api/access-review',
    summary: 'Who can do what, since when, last used; its digest, and who reviewed it when',
    plane: 'admin',
    answers: { 200: accessReviewState },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'access.sign': {
    method: 'POST',
    path: '/api/access-review',
    summary: 'Sign that exactly these rows were reviewed; refused when they have changed since',
    plane: 'admin',
    body: z.strictObject({ digest: sha256Hex, rows: z.number().int().min(1) }),
    answers: { 201: z.object({ review: accessReview, eventId: idOf('entry') }) },
    // It grants nothing, so whoever reads may put their name to what they read.
    policy: { bearer: 'admin', signed: ['reviewer', 'administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Sign an access review',
      effect:
        'Says for ever, under your name, that you reviewed who can do what. It changes nobody’s authority.',
    },
    events: ['operators.access-reviewed'],
  },
});

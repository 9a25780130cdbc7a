import type { MintEvent, MintJob } from '../../../shared/http/mint-jobs.ts';
import type { JobState } from '../../../shared/http/minting.ts';
import { HttpError } from '../../gate/http-error.ts';
import { MintingError } from '../minting-error.ts';
import { mayCollide, parsePattern, rangeOf, type SerialRange } from '../serials.ts';
import type { JobRow, listEvents, takenSerials } from './store.ts';

export const toJob = (row: JobRow): MintJob => ({
  id: row.id,
  brandId: row.brand_id,
  batchName: row.batch_name,
  quantity: row.quantity,
  serialPattern: row.serial_pattern,
  firstNumber: Number(row.first_number),
  activation: row.activation,
  product: row.product,
  state: row.state,
  done: row.done,
  reissued: row.reissued,
  lease:
    row.lease_owner === null || row.lease_expires_at === null
      ? null
      : { owner: row.lease_owner, expiresAt: row.lease_expires_at.toISOString(), fence: row.fence },
  root: row.root?.toString('hex') ?? null,
  failure: row.failure,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
});

export const toEvent = (row: Awaited<ReturnType<typeof listEvents>>[number]): MintEvent => ({
  id: row.id,
  number: Number(row.number),
  kind: row.kind,
  at: row.at.toISOString(),
  actor: { type: row.actor_type, id: row.actor_id, name: row.actor_name },
  data: JSON.parse(row.data),
});

/** Where a job may be paused, resumed or cancelled from. */
const FROM: Readonly<Record<'pause' | 'resume' | 'cancel', readonly JobState[]>> = {
  pause: ['queued', 'running'],
  resume: ['paused'],
  cancel: ['queued', 'running', 'paused'],
};

/** @throws HttpError `conflict` when the job is past that */
export function requireState(act: keyof typeof FROM, state: JobState): void {
  if (!FROM[act].includes(state))
    throw new HttpError(
      'conflict',
      `a job that is ${state} cannot be ${act === 'cancel' ? 'cancelled' : `${act}d`}`,
    );
}

type Taken = Awaited<ReturnType<typeof takenSerials>>[number];

/** Patterns of stored jobs were checked when they came. */
const rangesOf = (taken: readonly Taken[]): { readonly job: Taken; readonly range: SerialRange }[] =>
  taken
    .filter((job) => job.taken > 0)
    .map((job) => {
      const first = Number(job.first_number);
      return { job, range: { ...parsePattern(job.serial_pattern), first, last: first + job.taken - 1 } };
    });

interface Wanted {
  readonly serialPattern: string;
  readonly firstNumber?: number | undefined;
  readonly quantity: number;
}

/**
 * The serials that a new job gets: from the number that it asks for, else behind the last one of the same pattern.
 * @throws HttpError `bad_request` for a pattern that makes no such serials, `conflict` when another job has some of them
 */
export function allotSerials(wanted: Wanted, taken: readonly Taken[]): SerialRange {
  try {
    const pattern = parsePattern(wanted.serialPattern);
    const ranges = rangesOf(taken);
    const same = ranges.filter(({ job }) => job.serial_pattern === wanted.serialPattern);
    const next = Math.max(0, ...same.map(({ range }) => range.last)) + 1;
    const range = rangeOf(pattern, wanted.firstNumber ?? next, wanted.quantity);
    const other = ranges.find((one) => mayCollide(one.range, range));
    if (!other) return range;
    throw new HttpError(
      'conflict',
      `the batch ${other.job.batch_name} has serials that look like these; take another pattern or first number`,
    );
  } catch (error) {
    if (!(error instanceof MintingError)) throw error;
    throw new HttpError('bad_request', error.message, { cause: error });
  }
}

/** Serials of products with a GTIN go into a GS1 Digital Link, which takes 20 characters (AI 21), `-R9` included. */
const GS1_SERIAL = 17;

/** @throws HttpError `bad_request` */
export function requireShortSerials(serial: string, gtin: string | undefined): void {
  if (gtin !== undefined && serial.length > GS1_SERIAL)
    throw new HttpError(
      'bad_request',
      `serials of a product with a GTIN have at most ${GS1_SERIAL} characters`,
    );
}

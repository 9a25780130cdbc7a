import { z } from 'zod';
import { HEAD_STATES } from '../../shared/ledger/head-state.ts';
import { type HeadVerdict, judgeHead, judgeMissing, type SeenHead } from '../../shared/ledger/head-watch.ts';
import { sha256Hex } from '../../shared/ledger/hex.ts';
import { MOST_KEPT_CHARACTERS } from '../../shared/ledger/note.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';
import { nativeCrypto } from './native-crypto.ts';

/** Epochs of one log; more are not followed at once, and a record of a vault takes no more. */
const MOST_ORIGINS = 4;

const origin = z.string().min(1).max(256);
const size = z.number().int().nonnegative();
const keptHead = z.strictObject({
  origin,
  size,
  root: sha256Hex,
  keys: z.array(z.string().max(400)).min(1).max(64),
  /** The signed note, which proves to others what was seen. */
  note: z.string().min(1).max(MOST_KEPT_CHARACTERS),
});
export type KeptHead = z.infer<typeof keptHead>;

const alarm = z.strictObject({
  state: z.enum(HEAD_STATES),
  problem: z.string(),
  at: z.iso.datetime(),
  /** What was verified before. */
  last: keptHead,
  /** The head that does not continue it; null where none was shown. */
  head: keptHead.nullable(),
});
export type HeadAlarm = z.infer<typeof alarm>;

/** What a witness remembers: the last verified head of each origin, what it cosigned, and an alarm that nobody has settled. */
const witnessRecord = z.strictObject({
  format: z.literal(1),
  /** The origin that the log goes under; another one is an alarm. */
  current: origin.nullable(),
  heads: z.array(keptHead).max(MOST_ORIGINS),
  cosigned: z.strictObject({ origin, size, at: z.iso.datetime() }).nullable(),
  alarm: alarm.nullable(),
});
export type WitnessRecord = z.infer<typeof witnessRecord>;

/** As the vault keeps it: of the bundled service, and of each remote one by its profile. */
export const witnessRecords = witnessRecord.extend({ others: z.record(z.uuid(), witnessRecord).optional() });
export type WitnessRecords = z.infer<typeof witnessRecords>;

/** @param service profile of a remote service; null for the bundled one */
export function recordOf(records: WitnessRecords, service: string | null): WitnessRecord {
  if (service !== null) return records.others?.[service] ?? EMPTY_RECORD;
  const { others: _, ...bundled } = records;
  return bundled;
}

export const withRecord = (
  records: WitnessRecords,
  service: string | null,
  record: WitnessRecord,
): WitnessRecords =>
  service === null
    ? { ...record, ...(records.others ? { others: records.others } : {}) }
    : { ...records, others: { ...records.others, [service]: record } };

export const EMPTY_RECORD: WitnessRecord = {
  format: 1,
  current: null,
  heads: [],
  cosigned: null,
  alarm: null,
};

export const lastOf = ({ current, heads }: WitnessRecord): KeptHead | null =>
  heads.find((head) => head.origin === current) ?? null;

export interface HeadNews {
  readonly note: string;
  /** The service's own word. */
  readonly trust: TrustFile;
  /** Of consistency with the last head, in hex. */
  readonly proof: readonly string[];
}

const keep = (head: SeenHead, note: string): KeptHead => ({ ...head, keys: [...head.keys], note });

const advanced = (record: WitnessRecord, head: KeptHead): WitnessRecord => ({
  ...record,
  current: head.origin,
  heads: [head, ...record.heads.filter((other) => other.origin !== head.origin)].slice(0, MOST_ORIGINS),
});

const UNKEEPABLE = 'the newest head comes with more than this console can keep, so it is not believed';

/**
 * The record as it would be read again. What a head carries beside its text is the service's to choose: a record that could be written
 * and not read would silence this witness for ever.
 */
function keepable(record: WitnessRecord, before: WitnessRecord, verdict: HeadVerdict) {
  if (witnessRecord.safeParse(record).success) return { verdict, record };
  const refused: HeadVerdict = {
    ...verdict,
    state: 'unsigned',
    problem: UNKEEPABLE,
    remember: lastOf(before),
  };
  return { verdict: refused, record: before };
}

/**
 * Judges the newest head by the record. Only a head that continues the last one takes its place; one that does not, and that the
 * log did sign, stays as an alarm, and while one does nothing is advanced.
 */
export function observe(
  record: WitnessRecord,
  news: HeadNews,
  now: Date,
): { readonly verdict: HeadVerdict; readonly record: WitnessRecord } {
  const last = lastOf(record);
  const verdict = judgeHead(nativeCrypto, last, news);
  if (record.alarm) return { verdict, record };
  const { state, problem, remember } = verdict;
  if (state === 'first' || state === 'continues')
    return keepable(remember ? advanced(record, keep(remember, news.note)) : record, record, verdict);
  // What nobody signed binds nobody: it is said, and not kept.
  const head = judgeHead(nativeCrypto, null, news).remember;
  if (!last || !head || problem === null) return { verdict, record };
  const kept = { state, problem, at: now.toISOString(), last, head: keep(head, news.note) };
  return keepable({ ...record, alarm: kept }, record, verdict);
}

/** There is said to be no head. Of a log that was never seen that says nothing; of any other it stays as an alarm. */
export function missed(
  record: WitnessRecord,
  now: Date,
): { readonly verdict: HeadVerdict | null; readonly record: WitnessRecord } {
  const last = lastOf(record);
  if (!last) return { verdict: null, record };
  const verdict = judgeMissing(last);
  const { state, problem } = verdict;
  const alarmed = { state, problem: problem ?? '', at: now.toISOString(), last, head: null };
  return { verdict, record: record.alarm ? record : { ...record, alarm: alarmed } };
}

/** A person has seen both heads and says with which of them this console goes on. */
export function settled(record: WitnessRecord, on: 'last' | 'head'): WitnessRecord {
  if (!record.alarm) return record;
  const cleared = { ...record, alarm: null };
  const { head } = record.alarm;
  return on === 'head' && head ? advanced(cleared, head) : cleared;
}

const COSIGN_EVERY_MS = 60_000;
/** A log that hardly grows is cosigned as well, though every cosignature makes it grow. */
const COSIGN_AT_LAST_MS = 3_600_000;

/**
 * Whether the last head is worth a cosignature by now. A cosignature is an entry itself: consoles that answered each other's would
 * make an idle log grow for ever, so as many entries as there are witnesses count as nothing until an hour has gone by.
 * @param witnesses how many the service has registered
 */
export function isDue(record: WitnessRecord, witnesses: number, now: Date): boolean {
  const { cosigned, alarm: alarmed } = record;
  const last = lastOf(record);
  if (!last || alarmed || last.size === 0) return false;
  if (!cosigned || cosigned.origin !== last.origin) return true;
  const age = now.getTime() - Date.parse(cosigned.at);
  const grown = last.size - cosigned.size;
  // A clock that was set back does not silence the witness.
  if (age < 0) return grown > witnesses;
  return grown > witnesses ? age >= COSIGN_EVERY_MS : grown > 0 && age >= COSIGN_AT_LAST_MS;
}

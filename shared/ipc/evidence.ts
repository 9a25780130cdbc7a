import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { HEAD_STATES } from '../ledger/head-state.ts';
import { sha256Hex } from '../ledger/hex.ts';

const size = z.number().int().nonnegative();
const head = z.object({ origin: z.string(), size, root: sha256Hex });

/** How far the service knows of a fork that this console found; its operators are alerted then. */
export const forkTold = z.object({
  /** `refused`: the service does not believe it, and says why. `pending`: it was not reached; the next look tries again. */
  state: z.enum(['told', 'refused', 'pending']),
  /** Why it does not know, for a person. */
  message: z.string().nullable(),
});
export type ForkTold = z.infer<typeof forkTold>;

/** The newest signed head of the log as main verified it, beside the last one that this console had verified before. */
export const headReport = z.object({
  state: z.enum(HEAD_STATES),
  /** What is wrong, for a person; null where nothing is. */
  problem: z.string().nullable(),
  head: head.nullable(),
  /** Null where none was shown. */
  signedAt: z.iso.datetime().nullable(),
  /** Ids of the ledger keys whose signatures are good. */
  keyIds: z.array(z.string()),
  /** Witnesses whose cosignatures are good by the keys that the service names; none: the log attests itself. */
  witnesses: z.array(z.string()),
  /** What the newest head was compared with; null for the first that this console sees. */
  last: head.nullable(),
  /** Since when an alarm stands that nobody has settled; `head` and `last` are its two heads then. */
  alarmSince: z.iso.datetime().nullable(),
  /** Of a fork that stands as an alarm; null for everything else. */
  told: forkTold.nullable(),
  /** The newest head of this origin that this console cosigned. */
  cosigned: z.object({ size, at: z.iso.datetime() }).nullable(),
  /** This console as a witness, and whether the service accepts its cosignatures. */
  witness: z.object({ name: z.string(), registered: z.boolean() }),
});
export type HeadReport = z.infer<typeof headReport>;

/** Why entries are gone, as the ledger will say it. */
export const restoreReport = z.strictObject({ reason: z.string().trim().min(1).max(500) });

const text = z.string().max(200).optional();

/** Rows of the ledger. Whether the filters are valid is for the route to say. */
const ledgerExport = z.strictObject({
  format: z.enum(['csv', 'jsonl', 'ocsf', 'bundle']),
  withhold: z.enum(['nothing', 'redactable']),
  filter: z.strictObject({
    ...{ category: text, kind: text, actor: text, agent: text },
    ...{ requestId: text, from: text, to: text, text },
  }),
});
export type LedgerExport = z.infer<typeof ledgerExport>;

const incidentId = idOf('incident');

/** A report that the service writes, or the entries that prove it. */
const reportExport = z.discriminatedUnion('report', [
  z.strictObject({
    report: z.literal('incident'),
    incidentId,
    format: z.enum(['markdown', 'pdf']),
    /** For times beside UTC. */
    zone: z.string().max(64),
  }),
  z.strictObject({ report: z.literal('incident-evidence'), incidentId }),
  z.strictObject({ report: z.literal('asvs'), format: z.enum(['csv', 'markdown']) }),
]);
export type ReportExport = z.infer<typeof reportExport>;

/** What to export. It names no file: where it goes is chosen in a dialog of the system, by a person. */
export const exportRequest = z.union([ledgerExport, reportExport]);
export type ExportRequest = z.infer<typeof exportRequest>;

/** The last export of this unlock, as far as it has come. */
export const exportStatus = z.object({
  state: z.enum(['none', 'running', 'done', 'cancelled', 'failed']),
  /** Where it is written; null while there was none. */
  path: z.string().nullable(),
  bytes: z.number().int().nonnegative(),
  rows: z.number().int().nonnegative(),
  /** Rows that will come, where the service counted them. */
  total: z.number().int().nonnegative().nullable(),
  /** Why it failed, for a person. */
  message: z.string().nullable(),
});
export type ExportStatus = z.infer<typeof exportStatus>;

/** A bundle or a checkpoint, the trust file that judges it, and an older bundle or checkpoint that it must continue. */
export const EVIDENCE_FILES = ['evidence', 'trust', 'older'] as const;
export type EvidenceFile = (typeof EVIDENCE_FILES)[number];

/** It names no file either: a person chooses in a dialog of the system. */
export const evidenceChoice = z.strictObject({
  file: z.enum(EVIDENCE_FILES),
  act: z.enum(['choose', 'forget']),
});
export type EvidenceChoice = z.infer<typeof evidenceChoice>;

/** The head that this console verified last, as a signed note that proves it to another console. */
export const ownCheckpoint = head.extend({ note: z.string() });
export type OwnCheckpoint = z.infer<typeof ownCheckpoint>;

/** A checkpoint that came another way: its text, or a file that a person chooses in a dialog of the system. */
export const compareRequest = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('text'), text: z.string().min(1).max(65_536) }),
  z.strictObject({ from: z.literal('file') }),
]);
export type CompareRequest = z.infer<typeof compareRequest>;

/** How a received checkpoint stands to the one that this console verified last. */
export const comparison = z.object({
  /**
   * `same`, `older`, `newer`: one log, proven. `fork`: no log holds both. `other-log`: of another origin. `unproven`: the log does not
   * say how one leads to the other. `unsigned`: no believed key signed it.
   */
  relation: z.enum(['same', 'older', 'newer', 'fork', 'other-log', 'unproven', 'unsigned']),
  own: head,
  other: head,
  witnesses: z.array(z.string()),
  /** What is wrong with its signatures; null where nothing is. */
  message: z.string().nullable(),
  /** Of a fork; null for everything else. */
  told: forkTold.nullable(),
});
export type Comparison = z.infer<typeof comparison>;

/** The mirror off the host, as far as it has come. */
export const mirrorStatus = z.object({
  state: z.enum(['off', 'waiting', 'running', 'failed']),
  /** Where a person wants it; null for nowhere. */
  folder: z.string().nullable(),
  /** Entries [0, reach) are there, verified. */
  reach: z.number().int().nonnegative(),
  /** Of the newest head that is there. */
  size: z.number().int().nonnegative(),
  /** When it was last found whole. */
  at: z.iso.datetime().nullable(),
  /** Why the last round failed, for a person. */
  message: z.string().nullable(),
});
export type MirrorStatus = z.infer<typeof mirrorStatus>;

/** A file that a person dropped; what a page made has no path. */
export const droppedFile = z.strictObject({ path: z.string().min(1).max(4096) });
export type DroppedFile = z.infer<typeof droppedFile>;

const fileName = z.string().nullable();
const count = z.number().int().nonnegative();

/** The verification of this unlock, as far as it has come. */
export const verifyStatus = z.object({
  /** What was chosen, by name and without a path. */
  files: z.object({ evidence: fileName, trust: fileName, older: fileName }),
  state: z.enum(['none', 'running', 'done', 'cancelled', 'failed']),
  bytes: count,
  /** Of the file; null while there is none. */
  totalBytes: count.nullable(),
  /** Numbers of the log that are judged, and how many there are to judge. */
  numbers: count,
  of: count,
  result: z
    .object({
      verdict: z.enum(['verified', 'consistent', 'refused', 'cancelled']),
      /** What `verify` of the command line would exit with. */
      exit: z.number().int(),
      /** What it would print. */
      words: z.string(),
      firstBad: count.nullable(),
    })
    .nullable(),
  /** Why nothing was judged, for a person. */
  message: z.string().nullable(),
});
export type VerifyStatus = z.infer<typeof verifyStatus>;

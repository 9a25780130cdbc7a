import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { HEAD_STATES } from '../ledger/head-state.ts';
import { sha256Hex } from '../ledger/hex.ts';

const size = z.number().int().nonnegative();
const head = z.object({ origin: z.string(), size, root: sha256Hex });

/** The newest signed head of the log as main verified it, beside the last one that this console had verified before. */
export const headReport = z.object({
  state: z.enum(HEAD_STATES),
  /** What is wrong, for a person; null where nothing is. */
  problem: z.string().nullable(),
  head: head.nullable(),
  signedAt: z.iso.datetime(),
  /** Ids of the ledger keys whose signatures are good. */
  keyIds: z.array(z.string()),
  /** Witnesses whose cosignatures are good by the keys that the service names; none: the log attests itself. */
  witnesses: z.array(z.string()),
  /** What the newest head was compared with; null for the first that this console sees. */
  last: head.nullable(),
});
export type HeadReport = z.infer<typeof headReport>;

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

import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { sha256Hex } from '../ledger/hex.ts';
import { brandParams, label, mints, READ, sensitive } from './minting.ts';
import { defineRoutes } from './route.ts';

/**
 * Lists for machines hold the whole job and its proof, or only what was made in place of voided tokens; sheets of QR codes hold a part that
 * somebody prints.
 */
export const EXPORT_FORMATS = ['jsonl', 'csv', 'svg', 'pdf'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_STATES = ['queued', 'writing', 'ready', 'failed'] as const;
export type ExportState = (typeof EXPORT_STATES)[number];

/**
 * Why there is no file yet, or never: `storage` does not take it now and is tried again; `incomplete`: the tokens are not those
 * of the job’s root; `unreadable`: a code does not open.
 */
export const EXPORT_PROBLEMS = ['storage', 'incomplete', 'unreadable'] as const;
export type ExportProblem = (typeof EXPORT_PROBLEMS)[number];

/** How long a download address works (SPEC 13). */
export const DOWNLOAD_SECONDS = 300;
/** Codes of one sheet: what somebody prints at a time, and what fits into memory. */
export const MOST_ON_A_SHEET = 2_000;

export const mintExport = z.object({
  id: idOf('mintExport'),
  brandId: idOf('brand'),
  jobId: idOf('mintJob'),
  format: z.enum(EXPORT_FORMATS),
  /** Positions first to first + rows - 1. */
  first: z.number().int(),
  rows: z.number().int(),
  state: z.enum(EXPORT_STATES),
  /** Rows of the attempt that is running. */
  done: z.number().int(),
  attempts: z.number().int(),
  problem: z.enum(EXPORT_PROBLEMS).nullable(),
  /** Of the file as it is downloaded; null until it is ready. */
  bytes: z.number().int().nullable(),
  sha256: sha256Hex.nullable(),
  requestedBy: idOf('account'),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});
export type MintExport = z.infer<typeof mintExport>;

const params = z.object({ id: idOf('mintExport') });
const position = z.number().int().min(1).max(2_000_000);

export const mintExportRoutes = defineRoutes({
  'mint-exports.create': {
    method: 'POST',
    path: '/api/v1/minting/exports',
    summary:
      'Export a completed mint job: a list with its proof, or a sheet of QR codes; owners and admins only',
    plane: 'public',
    body: z.strictObject({
      brandId: idOf('brand'),
      jobId: idOf('mintJob'),
      format: z.enum(EXPORT_FORMATS),
      /** Of a sheet: the first position on it. Of a list: one behind the ordered tokens, for those that replace others alone. */
      first: position.optional(),
      /** How many of a sheet; a list goes on to the last. */
      rows: z.number().int().min(1).max(MOST_ON_A_SHEET).optional(),
    }),
    answers: { 201: z.object({ export: mintExport }) },
    policy: mints,
    effect: 'mutate',
    idempotencyKey: 'required',
    risk: sensitive,
    card: {
      title: 'Export a mint job',
      effect: 'All codes of these tokens go into a file that members of the brand can read.',
    },
    events: ['mint.export-requested'],
  },
  'mint-exports.list': {
    method: 'GET',
    path: '/api/v1/minting/brands/:brand/exports',
    summary: 'The exports of a brand, newest first, with their progress',
    plane: 'public',
    params: brandParams,
    query: z.object({
      jobId: idOf('mintJob').optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
      cursor: idOf('mintExport').optional(),
    }),
    answers: { 200: z.object({ exports: z.array(mintExport), nextCursor: z.string().nullable() }) },
    policy: { ...READ, owner: 404 },
    effect: 'read',
    events: [],
  },
  'mint-exports.get': {
    method: 'GET',
    path: '/api/v1/minting/exports/:id',
    summary: 'One export of a brand',
    plane: 'public',
    params,
    answers: { 200: z.object({ export: mintExport }) },
    policy: { ...READ, owner: 404 },
    effect: 'read',
    events: [],
  },
  'mint-exports.link': {
    method: 'POST',
    path: '/api/v1/minting/exports/:id/link',
    summary:
      'Issue the address from which the calling member, and nobody else, downloads the file for 300 seconds',
    plane: 'public',
    params,
    body: z.strictObject({ batchName: label('batch', 100) }),
    /** A path of this API; whoever has it downloads, as long as the member is one. */
    answers: { 200: z.object({ url: z.string(), expiresAt: z.iso.datetime() }) },
    policy: { ...mints, owner: 404 },
    effect: 'mutate',
    idempotencyKey: 'required',
    risk: sensitive,
    card: {
      title: 'Download an export',
      effect: 'Whoever has the address that this makes can read all codes of the file for five minutes.',
    },
    names: ['batchName'],
    reveals: ['url'],
    events: ['mint.export-link-issued'],
  },
  'mint-exports.download': {
    method: 'GET',
    path: '/api/v1/minting/exports/:id/download',
    summary: 'The file of an export, by an address that was issued for it at most 300 seconds ago',
    plane: 'public',
    params,
    query: z.strictObject({
      account: idOf('account'),
      object: z.string().max(64),
      expires: z.string().regex(/^[1-9]\d{9,11}$/, 'seconds since 1970'),
      signature: z.string().length(43),
    }),
    answers: {},
    policy: { bearer: 'none', signed: 'no' },
    effect: 'read',
    events: [],
    stream: true,
    download: true,
  },
});

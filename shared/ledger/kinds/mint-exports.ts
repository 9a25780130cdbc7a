import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';
import { sha256Hex } from '../hex.ts';

const of = { exportId: idOf('mintExport'), brandId: idOf('brand'), jobId: idOf('mintJob') };
/** The operator of the console who signed beside the member's session. */
const countersignedBy = idOf('operator').nullable();
const format = z.enum(['jsonl', 'csv', 'svg', 'pdf']);

const common = { category: 'mint', redactable: [], asset: 'ownership', boundary: 'client-api' } as const;

/** Files of mint jobs: who had the codes of which tokens, and when. */
export const mintExportEvents = defineEvents({
  'mint.export-requested': {
    ...common,
    says: 'Export of a mint job requested',
    data: z.strictObject({ ...of, format, first: count, rows: count, countersignedBy }),
  },
  'mint.export-completed': {
    ...common,
    says: 'Export of a mint job written to private storage',
    /** The SHA-256 is of the file as it is downloaded, not of what storage holds. */
    data: z.strictObject({ ...of, format, rows: count, bytes: count, sha256: sha256Hex }),
    boundary: 'secret-persistence',
  },
  'mint.export-failed': {
    ...common,
    says: 'Export of a mint job given up',
    data: z.strictObject({ ...of, reason: z.enum(['incomplete', 'unreadable']) }),
  },
  'mint.export-link-issued': {
    ...common,
    says: 'Download address of an export issued',
    data: z.strictObject({ ...of, accountId: idOf('account'), expiresAt: z.iso.datetime(), countersignedBy }),
  },
  'mint.export-opened': {
    ...common,
    says: 'Download of an export begun',
    data: z.strictObject({ ...of, accountId: idOf('account'), bytes: count }),
  },
  'mint.export-downloaded': {
    ...common,
    says: 'Download of an export ended',
    /** Whether all of it was sent, and how many bytes were. */
    data: z.strictObject({ ...of, accountId: idOf('account'), bytes: count, whole: z.boolean() }),
  },
});

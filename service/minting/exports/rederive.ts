import { derive } from '../../ledger/derive.ts';
import { everyExport } from './states.store.ts';

interface ExportState {
  readonly brandId: string;
  readonly jobId: string;
  readonly format: string;
  readonly first: number;
  readonly rows: number;
  readonly requestedBy: string;
  /** One that waits and one that is being written are both open: an attempt that fails is given back without a word. */
  readonly state: string;
  /** Why it was given up; of an open one nothing is told. */
  readonly problem: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** Exports of mint jobs: who asked for the codes of which tokens, and what the file was. */
export const exportStates = derive<ExportState>({
  domain: 'mint exports',
  tables: ['mint_exports'],
  stored: async function* (tx) {
    for await (const row of everyExport(tx)) {
      const isOpen = row.state === 'queued' || row.state === 'writing';
      yield [
        row.id,
        {
          ...{ brandId: row.brand_id, jobId: row.job_id, format: row.format, first: row.first },
          ...{ rows: row.rows, requestedBy: row.requested_by, state: isOpen ? 'open' : row.state },
          problem: isOpen ? null : row.problem,
          bytes: row.bytes === null ? null : Number(row.bytes),
          sha256: row.sha256?.toString('hex') ?? null,
        },
      ];
    }
  },
  steps: {
    'mint.export-requested': (told, { exportId, countersignedBy: _, ...ordered }, { actor: requestedBy }) =>
      told.is(exportId, {
        ...{ ...ordered, requestedBy, state: 'open', problem: null, bytes: null, sha256: null },
      }),
    'mint.export-completed': (told, { exportId, bytes, sha256 }) =>
      told.is(exportId, { state: 'ready', bytes, sha256 }),
    'mint.export-failed': (told, { exportId, reason }) =>
      told.is(exportId, { state: 'failed', problem: reason }),
  },
});

import type { ExportRequest } from '../../shared/ipc/evidence.ts';

const ENDINGS = {
  csv: 'csv',
  jsonl: 'jsonl',
  ocsf: 'ocsf.jsonl',
  bundle: 'evidence.jsonl',
  markdown: 'md',
  pdf: 'pdf',
} as const;

const stamp = (now: Date): string => now.toISOString().replace(/\.\d+/, '').replaceAll(':', '-');

/** The name that the dialog suggests. Ids are of our own alphabet, so that no name leads out of a folder. */
export function exportName(request: ExportRequest, now: Date): string {
  if (!('report' in request)) return `sallyport-ledger-${stamp(now)}.${ENDINGS[request.format]}`;
  switch (request.report) {
    case 'incident':
      return `sallyport-${request.incidentId}-${stamp(now)}.${ENDINGS[request.format]}`;
    // As the report calls it, which tells how to verify it.
    case 'incident-evidence':
      return `sallyport-${request.incidentId}.${ENDINGS.bundle}`;
    case 'asvs':
      return `sallyport-asvs-${stamp(now)}.${ENDINGS[request.format]}`;
  }
}

import { createHash } from 'node:crypto';
import { verifyBundle } from '../../shared/ledger/bundle/verify.ts';
import { REPLACEMENTS_FORMAT } from '../../shared/ledger/mint-export/format.ts';
import { OriginEvidence } from '../../shared/ledger/mint-export/origin.ts';
import { type ExportReport, verifyExport } from '../../shared/ledger/mint-export/verify.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';
import { nativeCrypto } from './crypto.ts';
import { VerifyError } from './errors.ts';
import { readChunks } from './files.ts';

export interface ExportQuestion {
  readonly file: string;
  /** The log that must know the job and the export. */
  readonly bundle: string | null;
  readonly trust: TrustFile | null;
  readonly cancelled: () => boolean;
}

const refused = (report: ExportReport, message: string): ExportReport => ({
  ...report,
  verdict: 'refused',
  problem: { code: 'origin', line: 1, message },
});

/** The export by itself; then, with a bundle, whether a log says the same of it. Only a pinned log verifies. */
export async function judgeExport({ file, bundle, trust, cancelled }: ExportQuestion): Promise<ExportReport> {
  const replacements = new Map<string, string>();
  const report = await verifyExport(readChunks(file), {
    ...{ sha256: nativeCrypto.sha256, startSha256: () => createHash('sha256'), cancelled },
    onReplacement: ({ serial, leaf }) => void replacements.set(serial, leaf),
  });
  if (report.verdict !== 'consistent' || !report.manifest || bundle === null) return report;
  const evidence = new OriginEvidence(report.manifest, replacements);
  const log = await verifyBundle(readChunks(bundle), {
    ...{ crypto: nativeCrypto, trust, open: true, cancelled },
    onEntry: (entry) => evidence.note(entry),
  });
  if (log.verdict === 'cancelled') return { ...report, verdict: 'cancelled' };
  // A log that is not one says nothing, neither for the export nor against it.
  if (log.verdict === 'refused') throw new VerifyError('file', `${bundle}: ${log.problem?.message}`);
  const complaint = evidence.complaint(report);
  if (complaint !== null) return refused(report, complaint);
  return log.verdict === 'verified' ? { ...report, verdict: 'verified' } : report;
}

/** What a person reads: the verdict first, then what it rests on. */
export function exportSentences({ verdict, problem, manifest, rows, sha256 }: ExportReport): string {
  if (verdict === 'cancelled') return 'CANCELLED: nothing is known.';
  if (problem) return `NOT VERIFIED: ${problem.message}.\nfirst bad line: ${problem.line}`;
  if (!manifest) return 'NOT VERIFIED: the file has no manifest.';
  const { jobId, batch, brand, brandId, count, replacements, root } = manifest;
  const ordered = `${count} ordered and ${rows - replacements} there, none twice, none missing; ${replacements} replacements`;
  const alone = `${replacements} made in place of others, none twice, of a job of ${count}, whose own tokens are not in the file`;
  return [
    verdict === 'verified' ? 'VERIFIED' : 'CONSISTENT, ORIGIN UNVERIFIED',
    `brand:      ${JSON.stringify(brand)}, ${brandId}`,
    `job:        ${JSON.stringify(batch)}, ${jobId}`,
    `tokens:     ${manifest.format === REPLACEMENTS_FORMAT ? alone : ordered}`,
    `root:       ${root}`,
    `file:       SHA-256 ${sha256}`,
  ].join('\n');
}

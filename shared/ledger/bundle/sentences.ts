import type { VerifyReport } from './verify.ts';

const EXIT = { verified: 0, refused: 1, cancelled: 1, consistent: 3 } as const;

export const exitCodeOf = ({ verdict }: Pick<VerifyReport, 'verdict'>): number => EXIT[verdict];

const shownOf = ({ range, entries, complete, filter }: VerifyReport): string => {
  if (!range) return 'the head alone, and no entries';
  const numbers = range.end > range.first ? `numbers ${range.first} to ${range.end - 1}` : 'no numbers';
  if (complete) return `${entries} entries, complete: ${numbers}`;
  const asked = Object.entries(filter).map(([name, value]) => `${name}=${value}`);
  return `${entries} entries of ${numbers}, PARTIAL: only what ${asked.join(' ')} leaves`;
};

/** What a person reads: the verdict first, then what it rests on. */
export function sentences(report: VerifyReport): string {
  if (report.verdict === 'cancelled') return 'CANCELLED: nothing is known.';
  if (report.problem) {
    const { number, message } = report.problem;
    return `NOT VERIFIED: ${message}.\nfirst bad number: ${number}`;
  }
  const heading = report.verdict === 'verified' ? 'VERIFIED' : 'CONSISTENT, ORIGIN UNVERIFIED';
  const witnesses =
    report.witnesses.length > 0
      ? `witnessed by ${report.witnesses.join(', ')}`
      : 'self-attested: no pinned witness';
  return [
    heading,
    `origin:     ${report.origin}`,
    `head:       ${report.size} entries, root ${report.root}`,
    `shown:      ${shownOf(report)}${report.withheld > 0 ? `, ${report.withheld} fields withheld` : ''}`,
    `witnesses:  ${witnesses}`,
  ].join('\n');
}

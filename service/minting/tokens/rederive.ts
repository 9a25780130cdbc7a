import type { Rederiver, StateFinding } from '../../ledger/rederive.ts';
import { leafOfToken } from './leaf.ts';
import { type Range, without } from './ranges.ts';
import type { StoredToken } from './states.store.ts';
import { differing, storedState } from './states.ts';
import { type StoredJob, StoredTokens } from './stored.ts';
import { type ToldJob, ToldTokens } from './told.ts';

const at = (jobId: string, { from, to }: Range): string =>
  from === to ? `${jobId} at ${from}` : `${jobId} at ${from} to ${to}`;

/** Positions that are told and not stored, and the other way round. */
function positionFindings(
  jobId: string,
  stored: readonly Range[],
  chunks: ToldJob['chunks'],
): StateFinding[] {
  const inOrder = chunks.toSorted((a, b) => a.from - b.from);
  const untold = without(stored, inOrder).map((range) => ({
    ...{ subject: at(jobId, range), number: null, what: 'untold' as const, fields: [] },
  }));
  const unwritten = inOrder.flatMap((chunk) =>
    without([chunk], stored).map((range) => ({
      ...{ subject: at(jobId, range), number: chunk.number, what: 'unwritten' as const, fields: [] },
    })),
  );
  return [...untold, ...unwritten];
}

/** A token that is not as it was made, against what is told of it. */
function tokenFindings(row: StoredToken, isCounted: boolean, told: ToldTokens): StateFinding[] {
  const should = told.stateOf(row);
  // Where a position is told by nobody, the finding of its range says so.
  if (!should) return isCounted ? [] : [{ subject: row.id, number: null, what: 'untold', fields: [] }];
  const { number, ...state } = should;
  const fields: string[] = [...differing(storedState(row), state)];
  // A serial that is another one is told already; what is left of a leaf is place and code.
  const leaf = told.leaves.get(row.id);
  if (fields.length === 0 && leaf !== undefined && leaf !== leafOfToken(row)) fields.push('codeHash');
  return fields.length === 0 ? [] : [{ subject: row.id, number, what: 'differs', fields }];
}

/** The root of a completed job commits to every code: what no field above tells is told by it. */
function rootFindings(
  jobId: string,
  stored: StoredJob | undefined,
  { order, root }: ToldJob,
): StateFinding[] {
  if (!root || stored?.tree.size !== order.quantity) return [];
  if (Buffer.from(stored.tree.root()).toString('hex') === root.hex) return [];
  return [{ subject: jobId, number: root.number, what: 'differs', fields: ['codeHashes'] }];
}

/**
 * Tokens: that those are there which were minted, under their serials and codes, and that each is active, void or replaced because an
 * entry says so. Memory grows with the tokens to which something happened, not with those that were minted.
 */
export function mintTokenStates(): Rederiver {
  const stored = new StoredTokens();
  const told = new ToldTokens();
  return {
    domain: 'mint tokens',
    tables: ['mint_tokens'],
    open: (tx) => stored.read(tx),
    take: (entry) => told.take(entry),
    compare: () => {
      const findings: StateFinding[] = [];
      const troubled = new Set<string>();
      for (const row of stored.special.values()) {
        const isCounted = row.position <= (told.jobs.get(row.job_id)?.order.quantity ?? 0);
        const found = tokenFindings(row, isCounted, told);
        if (found.length > 0) troubled.add(row.job_id);
        findings.push(...found);
      }
      // Told to be something else than it was made, and it is as it was made, or gone.
      for (const [subject, { number }] of told.changes)
        if (!stored.special.has(subject)) findings.push({ subject, number, what: 'unwritten', fields: [] });
      for (const jobId of new Set([...stored.jobs.keys(), ...told.jobs.keys()])) {
        const [job, toldJob] = [stored.jobs.get(jobId), told.jobs.get(jobId)];
        findings.push(...positionFindings(jobId, job?.positions.all ?? [], toldJob?.chunks ?? []));
        if (toldJob && !troubled.has(jobId)) findings.push(...rootFindings(jobId, job, toldJob));
      }
      return findings;
    },
  };
}

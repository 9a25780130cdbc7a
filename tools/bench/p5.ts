import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type VerifyReport, verifyBundle } from '../../shared/ledger/bundle/verify.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';
import { nativeCrypto } from '../verify/crypto.ts';
import { readChunks } from '../verify/files.ts';
import { BenchError } from './errors.ts';
import { entryAt, sha256, writeBundle } from './ledger/bench-log.ts';
import type { Place } from './place.ts';
import { say } from './progress.ts';
import { comparisonNote, type Result } from './result.ts';
import { compare, type Pair } from './statistics.ts';

const BUDGET = 2.5;
const ENTRIES = 1_000_000;
/** Enough different leaves that no cache holds them all, few enough that memory holds them. */
const DIFFERENT_LEAVES = 4_096;

/** Native SHA-256 of every node of the tree, leaves of the same length included, and nothing else. */
function referenceMs(entries: number): number {
  const leaves = Array.from({ length: DIFFERENT_LEAVES }, (_, i) => Buffer.from(`\0${entryAt(i).leaf}`));
  const node = Buffer.alloc(65, 1);
  const began = performance.now();
  for (let i = 0; i < entries; i += 1) sha256(leaves[i % DIFFERENT_LEAVES] ?? node);
  for (let i = 1; i < entries; i += 1) node.set(sha256(node), 1);
  return performance.now() - began;
}

/** Most memory that was in use beyond what there was before, in bytes. */
function watchMemory(): () => number {
  const before = process.memoryUsage().rss;
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss - before);
  }, 50);
  return () => {
    clearInterval(timer);
    return most;
  };
}

async function verifyMs(
  path: string,
  trust: TrustFile,
  open: boolean,
): Promise<{ ms: number; bytes: number }> {
  const memory = watchMemory();
  const began = performance.now();
  const report: VerifyReport = await verifyBundle(readChunks(path), { crypto: nativeCrypto, trust, open });
  const ms = performance.now() - began;
  if (report.verdict !== 'verified')
    throw new BenchError('request', `the bundle was ${report.verdict}: ${report.problem?.message}`);
  return { ms, bytes: memory() };
}

/**
 * P5: verify a bundle from a file, against native SHA-256 of its 2n-1 tree nodes on one core. The second row opens every
 * commitment too; the table gives it no budget.
 */
export async function measureP5(
  place: Place,
  runs: number,
  asked: number | null,
): Promise<readonly Result[]> {
  const entries = asked ?? ENTRIES;
  const path = join(place.folder('bundle'), 'evidence.jsonl');
  say(`P5 writing a bundle of ${entries} entries`);
  const trust = await writeBundle(path, entries);
  const pairs: Pair[] = [];
  let most = 0;
  for (let run = 0; run <= runs; run += 1) {
    const reference = referenceMs(entries);
    const ours = await verifyMs(path, trust, false);
    say(`P5 run ${run} of ${runs}${run === 0 ? ' (warming up)' : ''}: ${Math.round(ours.ms)} ms`);
    if (run === 0) continue;
    pairs.push({ ours: ours.ms, reference });
    most = Math.max(most, ours.bytes);
  }
  say('P5 opening every commitment');
  const opened = await verifyMs(path, trust, true);
  rmSync(path);
  const comparison = compare(pairs);
  const mib = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  const work = `verify a bundle of ${entries} entries`;
  return [
    {
      ...{
        id: 'P5',
        work: `${work}, commitments unopened`,
        against: 'native SHA-256 of its tree nodes',
        unit: 'ms',
      },
      ...{ ...comparison, budget: BUDGET },
      notes: [comparisonNote(comparison), `memory grew by ${mib(most)} at most`],
    },
    {
      ...{
        id: 'P5.open',
        work: `${work}, every commitment opened`,
        against: 'the same unopened',
        unit: 'ms',
      },
      ...{ ours: opened.ms, reference: comparison.ours, ratio: opened.ms / comparison.ours },
      budget: null,
      notes: ['measured once', `memory grew by ${mib(opened.bytes)} at most`],
    },
  ];
}

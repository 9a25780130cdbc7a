import { rootOf } from '../../../shared/ledger/merkle.ts';
import { type Database, transact } from '../../db/database.ts';
import { type ContentRow, sha256 } from '../../ledger/entry-row.ts';
import { readAuthentic } from '../../ledger/mac.ts';
import type { Rederiver, Rederivers, StateFinding, ToldEntry } from '../../ledger/rederive.ts';
import { readTrust } from '../trust.ts';
import { readHeadRow, readWaiting } from './store.ts';
import { type LogFinding, walkLog } from './walk.ts';

export interface DeepOptions {
  /** State rows and what waits, as the API sees them. */
  readonly db: Pick<Database, 'kysely'>;
  /** The log with its salts. */
  readonly reader: Pick<Database, 'kysely'>;
  readonly macKey: Uint8Array;
  readonly rederivers: Rederivers;
}

export type DeepStep =
  | { readonly step: 'progress'; readonly done: number; readonly of: number }
  | ({ readonly step: 'log' } & LogFinding)
  | ({ readonly step: 'state'; readonly domain: string } & StateFinding);

const toldOf = (number: number | null, row: ContentRow): ToldEntry => ({
  ...{ number, id: row.id, kind: row.kind, actor: row.actor_id, agent: row.agent },
  data: JSON.parse(row.data) as Record<string, unknown>,
});

/** Head, waiting events and state rows of one moment: a mutation is in all of them or in none. */
async function takeSnapshot(db: DeepOptions['db'], rederivers: readonly Rederiver[]) {
  return transact(
    db,
    async (tx) => {
      const head = await readHeadRow(tx);
      const waiting = await readWaiting(tx);
      for (const rederiver of rederivers) await rederiver.open(tx);
      return { head, waiting };
    },
    { isolation: 'repeatable read', readOnly: true },
  );
}

/**
 * Verifies a live database: every byte of the log, and every state that can be derived from it again. Its memory grows with
 * the states, not with the log.
 */
export async function* deepVerify({ db, reader, macKey, rederivers }: DeepOptions): AsyncGenerator<DeepStep> {
  const derived = rederivers.map((create) => create());
  const { head, waiting } = await takeSnapshot(db, derived);
  const tell = (entry: ToldEntry) => {
    for (const rederiver of derived) rederiver.take(entry);
  };
  const findings: LogFinding[] = [];
  const walk = walkLog({
    ...{ db: reader.kysely, macKey, size: head.size, trust: await readTrust(reader.kysely) },
    found: (finding) => findings.push(finding),
    told: (row) => {
      try {
        tell(toldOf(Number(row.number), row));
      } catch {
        // Data that is no JSON any more is a finding of its own.
      }
    },
  });
  let result = await walk.next();
  for (; !result.done; result = await walk.next()) {
    for (const finding of findings.splice(0)) yield { step: 'log', ...finding };
    yield { step: 'progress', done: result.value, of: head.size };
  }
  const isHead =
    head.root.equals(rootOf(sha256, result.value)) &&
    head.frontier.equals(Buffer.concat(result.value.hashes));
  if (!isHead) yield { step: 'log', what: 'head', number: head.size };
  for (const row of waiting) {
    // Its seal is good and it happened once: told again, it would explain rows that were put back to what they were.
    if (row.numbered !== null) yield { step: 'log', what: 'repeated', number: Number(row.numbered) };
    // What was written by nobody of ours explains no row; the integrator will say so of it.
    else if (readAuthentic(row, macKey)) tell(toldOf(null, row));
  }
  for (const rederiver of derived)
    for (const finding of rederiver.compare()) yield { step: 'state', domain: rederiver.domain, ...finding };
}

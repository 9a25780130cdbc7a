import type { Database } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import type { Mutate } from '../identity/mutation.ts';
import { reportFork } from './forks.ts';
import { cosignHead, orderRotation, registerWitness, reportRestore } from './mutations.ts';
import { proveConsistency, proveInclusion, viewOf } from './proofs.ts';
import { listCheckpoints, readCheckpoint } from './store.ts';
import { readTrust } from './trust.ts';

export interface EvidenceDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
}

export type EvidenceHandlers = Pick<
  Handlers,
  | 'ledger.checkpoint'
  | 'ledger.checkpoints'
  | 'ledger.checkpointAt'
  | 'ledger.inclusion'
  | 'ledger.consistency'
  | 'ledger.keys'
  | 'ledger.registerWitness'
  | 'ledger.cosign'
  | 'ledger.rotateKey'
  | 'ledger.reportRestore'
  | 'ledger.reportFork'
>;

const entryBy = (query: { number?: number | undefined; id?: string | undefined }) => {
  if (query.id !== undefined && query.number === undefined) return { id: query.id };
  if (query.number !== undefined && query.id === undefined) return { number: query.number };
  throw new HttpError('bad_request', 'name the entry by its number or by its id');
};

const checkpoints =
  (db: EvidenceDeps['db']): EvidenceHandlers['ledger.checkpoints'] =>
  async ({ query: { before, until, witnessed, limit } }) => {
    const { epoch, rows } = await listCheckpoints(db.kysely, {
      ...{ before, cosigned: witnessed === 'yes', until: until === undefined ? undefined : new Date(until) },
      // One more than is shown says whether there is another page.
      limit: limit + 1,
    });
    const shown = rows.slice(0, limit).map((row) => ({
      ...{ size: Number(row.size), root: row.root.toString('hex'), signedAt: row.signed_at.toISOString() },
      cosignatures: Number(row.cosignatures ?? 0),
    }));
    const next = rows.length > limit ? (shown.at(-1)?.size ?? null) : null;
    return { status: 200, body: { epoch, checkpoints: shown, next } };
  };

/** Proofs and heads for whoever holds the admin token, and what operators add to them. */
export const evidenceHandlers = ({ db, mutate }: EvidenceDeps): EvidenceHandlers => ({
  'ledger.checkpoint': async ({ query }) => {
    const row = await readCheckpoint(db.kysely, { cosigned: query.witnessed === 'yes' });
    if (!row) throw new HttpError('not_found', 'there is no such head yet');
    return { status: 200, body: await viewOf(db.kysely, row) };
  },
  'ledger.checkpoints': checkpoints(db),
  'ledger.checkpointAt': async ({ params: { size }, query: { epoch } }) => {
    const row = await readCheckpoint(db.kysely, { size, epoch });
    if (!row) throw new HttpError('not_found', `no head of size ${size} was signed`);
    return { status: 200, body: await viewOf(db.kysely, row) };
  },
  'ledger.inclusion': async ({ query }) => ({
    status: 200,
    body: await proveInclusion(db.kysely, entryBy(query), query.size),
  }),
  'ledger.consistency': async ({ query: { from, to } }) => ({
    status: 200,
    body: await proveConsistency(db.kysely, from, to),
  }),
  'ledger.keys': async () => ({ status: 200, body: await readTrust(db.kysely) }),
  'ledger.registerWitness': registerWitness(mutate),
  'ledger.cosign': cosignHead(mutate),
  'ledger.rotateKey': orderRotation(mutate),
  'ledger.reportRestore': reportRestore(mutate),
  'ledger.reportFork': reportFork(mutate),
});

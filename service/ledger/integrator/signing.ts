import { formatCheckpoint } from '../../../shared/ledger/checkpoint.ts';
import { type Frontier, rootOf } from '../../../shared/ledger/merkle.ts';
import { formatKey, formatNote, signatureLine, utf8 } from '../../../shared/ledger/note.ts';
import type { Tx } from '../../db/database.ts';
import { sha256 } from '../entry-row.ts';
import type { Staging } from '../staging.ts';
import { type LedgerKeys, originOf } from './ledger-keys.ts';
import {
  endKey,
  insertKey,
  type LedgerKeyRow,
  readSigners,
  type Signers,
  saveCheckpoint,
} from './signing.store.ts';

/** So long the former key signs beside its successor, for those who have pinned only the former. */
export const OVERLAP_MS = 7 * 24 * 60 * 60_000;

export interface SigningDeps {
  readonly keys: LedgerKeys;
  readonly staging: Staging;
  readonly now: () => Date;
}

const INTEGRATOR = { type: 'system', id: 'integrator', name: null } as const;

/** What the integrator tells the log itself, with its numbers in later batches. */
export const tell = (
  { staging }: Pick<SigningDeps, 'staging'>,
  tx: Tx,
  event: Pick<Parameters<Staging['stage']>[1], 'kind' | 'data'>,
): Promise<string> => staging.stage(tx, { ...event, actor: INTEGRATOR, agent: null, requestId: null });

async function signers(tx: Tx, deps: SigningDeps, size: number): Promise<Signers> {
  const found = await readSigners(tx, size);
  if (found.keys.length > 0) {
    await retireOverdue(tx, deps, found.keys, size);
    return found;
  }
  await insertKey(tx, 1, deps.keys.version(1).publicKey, 0);
  return readSigners(tx, size);
}

/** The overlap ends with the first head that is signed after its time. */
async function retireOverdue(
  tx: Tx,
  deps: SigningDeps,
  rows: readonly LedgerKeyRow[],
  size: number,
): Promise<void> {
  const over = rows.filter(
    ({ until_size, retires_at }) => until_size === null && retires_at !== null && retires_at <= deps.now(),
  );
  for (const { version } of over) {
    await endKey(tx, version, { until_size: size });
    const key = formatKey(deps.keys.verifier(version));
    await tell(deps, tx, { kind: 'ledger.key-retired', data: { key, untilSize: size } });
  }
}

/** Signs the head with every key that is valid at its size, in the transaction that makes it. */
export async function signHead(tx: Tx, deps: SigningDeps, frontier: Frontier): Promise<void> {
  const { size } = frontier;
  const { epoch, keys } = await signers(tx, deps, size);
  const root = Buffer.from(rootOf(sha256, frontier));
  const text = formatCheckpoint({ origin: originOf(deps.keys.name, epoch), size, root });
  const lines = keys.map(({ version }) =>
    signatureLine(deps.keys.verifier(version), deps.keys.version(version).sign(utf8(text))),
  );
  await saveCheckpoint(tx, { epoch, size, root, note: formatNote(text, lines) });
}

/**
 * Makes the next version the signing key, from this size on. The order is an entry of the log that only the api could
 * stage, so who can merely write in the database can order nothing.
 */
export async function rotateKey(
  tx: Tx,
  deps: SigningDeps,
  { former, size }: { readonly former: 'overlap' | 'retire'; readonly size: number },
): Promise<void> {
  const [current] = (await signers(tx, deps, size)).keys;
  const from = current?.version ?? 1;
  const to = from + 1;
  await endKey(
    tx,
    from,
    former === 'retire' ? { until_size: size } : { retires_at: new Date(deps.now().getTime() + OVERLAP_MS) },
  );
  await insertKey(tx, to, deps.keys.version(to).publicKey, size);
  const [fromKey, toKey] = [from, to].map((version) => formatKey(deps.keys.verifier(version)));
  await tell(deps, tx, { kind: 'ledger.key-rotated', data: { former, from: fromKey, to: toKey, size } });
}

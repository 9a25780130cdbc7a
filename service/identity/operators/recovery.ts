import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeId } from '../../../shared/ids/ids.ts';
import { type Database, type Tx, transact } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import { RECOVERY_FILE, type RecoveryRequest, recoveryRequest } from './recovery-file.ts';
import { CODE_LIFETIME_MS, FIRST_ROLE } from './rules.ts';
import { insertCodeOnce, revokeOtherRecoveryCodes } from './store.ts';

export interface RecoveryDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly dataDir: string;
  readonly staging: Staging;
  random(bytes: number): Uint8Array;
  now(): Date;
}

/** Far above what a request takes. */
const MAX_BYTES = 4096;
/** The host's two processes read one clock; it may be set between them. */
const SKEW_MS = 60_000;

/** Whoever may write this file as this user, and keeps others from it, owns the host: that is the authority of a recovery. */
async function isHosts(file: FileHandle): Promise<boolean> {
  const { uid, mode, size } = await file.stat();
  if (process.getuid && (uid !== process.getuid() || (mode & 0o077) !== 0)) return false;
  return size <= MAX_BYTES;
}

function parse(text: string): RecoveryRequest | null {
  try {
    return recoveryRequest.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

async function readRequest(path: string): Promise<RecoveryRequest | 'none' | 'refused'> {
  let file: FileHandle;
  try {
    // A link would let somebody else's file stand in for the host's.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'none';
    if (code === 'ELOOP') return 'refused';
    throw error;
  }
  try {
    return (await isHosts(file)) ? (parse(await file.readFile('utf8')) ?? 'refused') : 'refused';
  } finally {
    await file.close();
  }
}

async function store(tx: Tx, deps: RecoveryDeps, { codeHash, issuedAt }: RecoveryRequest): Promise<void> {
  const issued = new Date(issuedAt);
  const expiresAt = new Date(issued.getTime() + CODE_LIFETIME_MS);
  const id = makeId('invitation', deps.random(10), deps.now().getTime());
  const inserted = await insertCodeOnce(tx, {
    ...{ id, hash: Buffer.from(codeHash, 'hex'), purpose: 'recovery', name: null, role: FIRST_ROLE },
    ...{ issuedBy: null, issuedAt: issued, expiresAt },
  });
  // Taken before, and the file outlived it.
  if (!inserted) return;
  await revokeOtherRecoveryCodes(tx, id, deps.now());
  await deps.staging.stage(tx, {
    kind: 'operator.recovery-issued',
    data: { invitationId: id, expiresAt: expiresAt.toISOString() },
    actor: { type: 'system', id: 'host', name: null },
    agent: null,
    requestId: null,
  });
}

/**
 * Takes the recovery code that the host has issued: its hash and its ledger entry are one transaction, then the file goes. A file
 * that is not the host's own, or is too old, is removed and counts for nothing.
 * @returns whether a code was taken
 */
export async function takeRecovery(deps: RecoveryDeps): Promise<boolean> {
  const path = join(deps.dataDir, RECOVERY_FILE);
  const request = await readRequest(path);
  if (request === 'none') return false;
  const age = request === 'refused' ? Number.NaN : deps.now().getTime() - Date.parse(request.issuedAt);
  const good = request !== 'refused' && age >= -SKEW_MS && age < CODE_LIFETIME_MS;
  if (good) await transact(deps.db, (tx) => store(tx, deps, request));
  await rm(path, { force: true });
  return good;
}

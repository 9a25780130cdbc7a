import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeId } from '../../../shared/ids/ids.ts';
import { type Database, transact } from '../../db/database.ts';
import { IdentityError } from '../identity-error.ts';
import { CODE_BYTES, CODE_LIFETIME_MS, codeHash, FIRST_ROLE, newCode } from './rules.ts';
import { anyOperator, deleteUnusedFirstCodes, insertCode } from './store.ts';

export const CODE_FILE = 'enrolment-code';

export interface FirstCodeDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly dataDir: string;
  random(bytes: number): Uint8Array;
  now(): Date;
}

/** Whoever can read this file is the owner of the host: that is the authority the first operator enrols with. */
async function writeCode(dataDir: string, code: string): Promise<void> {
  const path = join(dataDir, CODE_FILE);
  const draft = `${path}.new`;
  try {
    await rm(draft, { force: true });
    const file = await open(draft, 'wx', 0o600);
    try {
      // The umask may have taken more away than it should; it cannot have added anything.
      await file.chmod(0o600);
      await file.writeFile(`${code}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    throw new IdentityError('code-file-unwritable', `the enrolment code cannot be written to ${dataDir}`, {
      cause,
    });
  }
}

export const removeCodeFile = (dataDir: string): Promise<void> =>
  rm(join(dataDir, CODE_FILE), { force: true });

/**
 * While nobody has enrolled, replaces the code of the first enrolment: its hash in the database, itself in a 0600 file of the
 * host, nowhere else. Once somebody has, removes the file.
 * @returns when the code expires, or null when none is needed
 */
export async function issueFirstCode({ db, dataDir, random, now }: FirstCodeDeps): Promise<Date | null> {
  const issuedAt = now();
  const expiresAt = new Date(issuedAt.getTime() + CODE_LIFETIME_MS);
  const code = newCode(random(CODE_BYTES));
  const needed = await transact(db, async (tx) => {
    if (await anyOperator(tx)) return false;
    await deleteUnusedFirstCodes(tx);
    await insertCode(tx, {
      id: makeId('invitation', random(10), issuedAt.getTime()),
      hash: codeHash(code),
      purpose: 'first-enrolment',
      name: null,
      role: FIRST_ROLE,
      issuedBy: null,
      issuedAt,
      expiresAt,
    });
    return true;
  });
  await (needed ? writeCode(dataDir, code) : removeCodeFile(dataDir));
  return needed ? expiresAt : null;
}

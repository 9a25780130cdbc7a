import type { FailureCode } from '../../../shared/service/launch.ts';

export type ClusterErrorCode = Extract<
  FailureCode,
  | 'data-dir-in-use'
  | 'data-dir-unwritable'
  | 'data-dir-corrupt'
  | 'data-dir-foreign-key'
  | 'disk-full'
  | 'database-unreachable'
  | 'settings-invalid'
  | 'internal'
>;

/** Why the embedded cluster does not run. The message is a sentence for a person and says what to do. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const inUse = (dataDir: string): ClusterError =>
  new ClusterError(
    'data-dir-in-use',
    `Another Sallyport service is using ${dataDir}. Stop it first, or give this one a data directory of its own.`,
  );

/** @param lock the file that says who keeps it */
export const heldElsewhere = (dataDir: string, lock: string): ClusterError =>
  new ClusterError(
    'data-dir-in-use',
    `A Sallyport service of another container uses ${dataDir}, or did when it was killed: it cannot be seen from here. Stop it first. If none runs any more, remove ${lock} and start again.`,
  );

export const corrupt = (dataDir: string, what: string, cause?: unknown): ClusterError =>
  new ClusterError(
    'data-dir-corrupt',
    `The database in ${dataDir} is damaged: ${what}. Nothing was deleted. Restore the directory from a backup, or move it aside to start empty.`,
    { cause },
  );

export const foreignKey = (dataDir: string, cause?: unknown): ClusterError =>
  new ClusterError(
    'data-dir-foreign-key',
    `The database in ${dataDir} belongs to another vault or root key. Use the key it was made with, or another data directory. Nothing was changed.`,
    { cause },
  );

const diskFull = (dataDir: string, cause?: unknown): ClusterError =>
  new ClusterError(
    'disk-full',
    `The disk that holds ${dataDir} is full. Free some space; nothing that was confirmed is lost.`,
    { cause },
  );

const unwritable = (dataDir: string, cause?: unknown): ClusterError =>
  new ClusterError(
    'data-dir-unwritable',
    `${dataDir} cannot be written by this user. Correct its owner or permissions, or choose another data directory.`,
    { cause },
  );

const FULL = /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/;
const DENIED = /EACCES|EPERM|EROFS|ENOTDIR|Permission denied|Read-only file system|Operation not permitted/;

/** A failure of the file system, from Node or from PostgreSQL's output; `undefined` when it is neither. */
export function storageFailure(dataDir: string, text: string, cause?: unknown): ClusterError | undefined {
  if (FULL.test(text)) return diskFull(dataDir, cause);
  if (DENIED.test(text)) return unwritable(dataDir, cause);
  return undefined;
}

/** Runs an operation on the data directory and gives its failures their names. */
export async function onStorage<T>(dataDir: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof ClusterError) throw error;
    throw storageFailure(dataDir, String((error as NodeJS.ErrnoException).code ?? ''), error) ?? error;
  }
}

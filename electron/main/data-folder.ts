import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
  /** `mixed`: sample data and real data would meet in it. */
  readonly code: 'unwritable' | 'full' | 'mixed';

  constructor(code: DataFolderError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Where the console keeps what outlives it; every folder 0700. */
export interface DataFolders {
  readonly root: string;
  readonly vault: string;
  readonly service: string;
  readonly operators: string;
  readonly logs: string;
  readonly settings: string;
}

export const dataFolders = (root: string): DataFolders => ({
  root,
  vault: join(root, 'vault'),
  service: join(root, 'service'),
  operators: join(root, 'operators'),
  logs: join(root, 'logs'),
  settings: join(root, 'settings.json'),
});

const sentence = (root: string, code: string | undefined): [DataFolderError['code'], string] =>
  code === 'ENOSPC' || code === 'EDQUOT'
    ? [
        'full',
        `The disk with ${root} is full. Free some space and start Sallyport again; nothing was changed.`,
      ]
    : [
        'unwritable',
        `Sallyport cannot write to ${root} (${code ?? 'unknown reason'}). Make the folder writable for this user, or ` +
          'start with --user-data-dir=FOLDER; nothing was changed.',
      ];

/**
 * Makes the folders and proves that they can be written to, before anything opens them.
 * @throws DataFolderError with a sentence for a person
 */
export function prepareDataFolders(root: string): DataFolders {
  const folders = dataFolders(root);
  try {
    for (const path of [root, folders.vault, folders.service, folders.operators, folders.logs]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      const { mode } = statSync(path);
      // Others are shut out; what the owner took from himself is his to give back.
      if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700);
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    }
    // Two consoles may start at once; only the lock that comes later decides between them.
    const probe = join(root, `.writable-${process.pid}`);
    writeFileSync(probe, 'x'.repeat(4096), { mode: 0o600 });
    rmSync(probe, { force: true });
  } catch (cause) {
    throw new DataFolderError(...sentence(root, (cause as NodeJS.ErrnoException).code), cause);
  }
  return folders;
}

/**
 * Whether a vault may be there, for the choice of the first window. A folder that cannot be read is taken for one that holds a
 * vault: offering to create another is the worse mistake, and the keeper's word corrects either.
 */
export function mayHoldVault(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return true;
  }
}

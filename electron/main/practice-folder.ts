import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataFolderError } from './data-folder.ts';

/** Of the practice console that belongs to a console, inside that one's own folder. */
const FOLDER = 'practice';
/**
 * The mark of a practice console. It lies in the data folder and again among the service's data, both from the moment that the folder
 * is there: neither can be added to real data, or taken from sample data, without the other telling.
 */
const MARK = 'PRACTICE';
const SAYS =
  'Sallyport made this folder for a practice console. Everything below it is sample data, for good.\n' +
  'Without this file, or with a copy of it elsewhere, the console refuses to start.\n';

const marksOf = (root: string) => [join(root, MARK), join(root, 'service', MARK)] as const;

/** @throws what the file system says, unless it says that nothing is there: a mark that cannot be looked for may be there */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new DataFolderError('unwritable', `Sallyport cannot read ${path}. Nothing was changed.`, cause);
  }
}

/** Where the practice console of this one lies, whether it was made yet or not. */
export const practiceFolder = (root: string): string => join(root, FOLDER);

/**
 * Whether this folder is a practice console's. It was from its first moment, or it never will be.
 * @throws DataFolderError `mixed` when one mark is there without the other
 */
export function isPracticeFolder(root: string): boolean {
  const [own, service] = marksOf(root).map(isThere);
  if (own === service) return own === true;
  throw new DataFolderError(
    'mixed',
    own
      ? `${root} is marked as a practice console’s, but its data are not. A console for real data never becomes one for practice: ` +
          `remove the file ${MARK} from it and start again. Nothing was changed.`
      : `${root} holds the data of a practice console, but its mark is gone. A practice console never becomes one for real data: ` +
          `put the file ${MARK} back, or start with another folder. Nothing was changed.`,
  );
}

/** Under another name until both marks are in it: there is no moment in which it could be taken for anything else. */
function make(root: string): void {
  const draft = mkdtempSync(join(root, '.practice-'));
  try {
    mkdirSync(join(draft, 'service'), { mode: 0o700 });
    for (const mark of marksOf(draft)) writeFileSync(mark, SAYS, { mode: 0o600, flush: true });
    renameSync(draft, practiceFolder(root));
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    // A second console may have made it meanwhile.
    if (!isThere(practiceFolder(root))) throw cause;
  }
}

/**
 * The folder of this console's practice console, made when there is none.
 * @throws DataFolderError when what lies there is not a practice console's
 */
export function makePracticeFolder(root: string): string {
  const folder = practiceFolder(root);
  if (!isThere(folder)) make(root);
  if (isPracticeFolder(folder)) return folder;
  throw new DataFolderError(
    'mixed',
    `${folder} was not made for practice, so no practice console is opened in it. Move it away, then try again; nothing was changed.`,
  );
}

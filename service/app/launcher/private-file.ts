import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';

/** Writes a draft that only this user may read, under any umask, and that is on disk before it gets its name. */
async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

/**
 * Replaces the file as a whole: a reader sees the old text or the new one.
 * @param read what the new text was made from; what somebody else wrote since is left as it is
 * @returns whether it was replaced
 */
export async function replacePrivateFile(
  path: string,
  text: string,
  read: string | undefined,
): Promise<boolean> {
  const draft = await writeDraft(path, text);
  try {
    // The draft is on disk already, so that nothing slow stands between this look and the rename.
    if ((await readIfThere(path)) !== read) return false;
    await rename(draft, path);
    return true;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Creates the file unless there is one. @returns what it says now, whoever created it */
export async function createPrivateFile(path: string, text: string): Promise<string> {
  const draft = await writeDraft(path, text);
  try {
    await link(draft, path);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await readFile(path, 'utf8');
  } finally {
    await rm(draft, { force: true });
  }
}

/** @returns `undefined` when there is no such file */
export const readIfThere = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

import { chmod, open, readFile, rename, stat } from 'node:fs/promises';
import { type OperatorFile, operatorFile } from '../../shared/http/operator-file.ts';
import { SimulateError } from './errors.ts';

const unusable = (message: string, cause?: unknown) =>
  new SimulateError('operator-file', message, cause === undefined ? {} : { cause });

/**
 * Reads an operator file. It holds an admin token and a private key, so one that others can read is not used.
 * @throws SimulateError `operator-file` with a sentence that says what to do
 */
export async function readOperatorFile(path: string): Promise<OperatorFile> {
  const mode = await stat(path).then(
    (info) => info.mode,
    (cause: unknown) => {
      throw unusable(`There is no readable operator file at ${path}.`, cause);
    },
  );
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw unusable(`${path} can be read by others; run: chmod 600 ${path}`);
  try {
    return operatorFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw unusable(`${path} is not an operator file; take a new one from the console or the service.`, cause);
  }
}

/** Replaces the file as a whole, on disk before it has the name: a crash leaves the old one or the new one. */
export async function writeOperatorFile(path: string, content: OperatorFile): Promise<void> {
  const draft = `${path}.${process.pid}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(draft, 0o600);
  await rename(draft, path);
}

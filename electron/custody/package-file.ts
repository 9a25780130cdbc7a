import { open, readFile, rename } from 'node:fs/promises';
import { CustodyError } from './custody-error.ts';
import { parsePackage } from './sealed-package.ts';

/** Keeps a sealed package beside the journal, whole or not at all, before the journal says that it was sealed. @returns its digest */
export async function writePackage(path: string, text: string): Promise<string> {
  const { digest } = parsePackage(text);
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
  return digest;
}

/** @throws CustodyError `package-malformed` */
export async function readPackage(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    parsePackage(text);
    return text;
  } catch (cause) {
    throw new CustodyError(
      'package-malformed',
      'The sealed package is not there any more. Abort, and rotate again.',
      {
        cause,
      },
    );
  }
}

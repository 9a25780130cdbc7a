import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { SecretsError } from './secrets-error.ts';

/** Nearest first: what is set for this machine wins over what is set for the project. */
const FILES = ['.env.local', '.env'] as const;

export interface EnvFile {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

async function readEnvFile(folder: string, name: string): Promise<EnvFile | null> {
  try {
    const entries = Object.entries(parseEnv(await readFile(join(folder, name), 'utf8')));
    return {
      name,
      values: new Map(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new SecretsError(
      'file-unreadable',
      `${join(folder, name)} cannot be read. Make it readable, or remove it.`,
    );
  }
}

/** The `.env` files of a folder that exist. @throws SecretsError when one is there and cannot be read */
export async function readEnvFiles(folder: string): Promise<EnvFile[]> {
  const files = await Promise.all(FILES.map((name) => readEnvFile(folder, name)));
  return files.filter((file) => file !== null);
}

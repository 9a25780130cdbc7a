import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { BackupError } from '../../db/backup/backup-error.ts';
import { failureOf } from '../../process/failure.ts';
import { ConfigError } from '../config.ts';
import { ROOT_KEY_FILE } from './secrets.ts';

/** sysexits.h, as the launcher has them. */
const EXIT_USAGE = 64;
const EXIT_CANNOT_USE = 73;
const EXIT_FAILED = 1;

const ROOT_KEY = /^[A-Za-z0-9_-]{43}$/;

/** The arguments of a command whose folders must be named. @throws ConfigError */
export function argumentsOf<T extends NonNullable<ParseArgsConfig['options']>>(options: T) {
  try {
    return parseArgs({ args: process.argv.slice(2), options, strict: true }).values;
  } catch (cause) {
    throw new ConfigError(`${(cause as Error).message}.`, { cause });
  }
}

/** @throws ConfigError when the folder was not named */
export function folderOf(name: string, given: unknown): string {
  if (typeof given === 'string' && given !== '') return resolve(given);
  throw new ConfigError(`--${name} is missing.`);
}

const OF_THE_SERVER = [
  'DATABASE_URL names a server: this command copies the database of a data directory, and there is none.',
  'Back the server up with its own tools (pg_basebackup, an archive of its log, pg_dump of the database and its roles), and restore it with them.',
  'After a restore start the service without traffic, and report it at once from a console that has seen a newer head (Ledger: SHRUNK), or by',
  'POST /api/logs/ledger/epochs with the note of that head: the log then opens a new epoch that names what was lost (docs/OPERATIONS.md).',
].join('\n');

/** A backup of an empty folder would be taken for one of the service. @throws BackupError when the data are on a server */
export function refuseServer(databaseUrl: string | undefined): void {
  if (databaseUrl) throw new BackupError('on-a-server', OF_THE_SERVER);
}

/** A root key from the environment, or else from a file. @throws BackupError when there is none */
export async function rootKeyFrom(configured: string | undefined, file: string): Promise<Buffer> {
  const text = (configured || (await textOf(file))).trim();
  if (ROOT_KEY.test(text)) return Buffer.from(text, 'base64url');
  throw new BackupError(
    'foreign-key',
    `There is no root key: neither SALLYPORT_ROOT_KEY nor ${file} holds one. Without it nothing of the data can be opened.`,
  );
}

/** Empty where there is no such file. @throws BackupError when there is one that this user may not read */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new BackupError(
      'foreign-key',
      `${file} cannot be read (${code}). Let the user that runs this read it and the folder around it, or give the key as SALLYPORT_ROOT_KEY.`,
      { cause },
    );
  }
}

export const keyFileIn = (folder: string): string => join(folder, ROOT_KEY_FILE);

/** Runs a command to its end: what it says goes to stdout, why it failed to stderr. */
export async function runMaintenance(usage: string, work: () => Promise<readonly string[]>): Promise<void> {
  try {
    if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`);
    else process.stdout.write(`${(await work()).join('\n')}\n`);
  } catch (error) {
    const known = error instanceof BackupError || error instanceof ConfigError;
    const { code, message } = known ? { code: 'known', message: error.message } : failureOf(error);
    process.stderr.write(error instanceof ConfigError ? `${message}\n\n${usage}\n` : `${message}\n`);
    if (error instanceof ConfigError) process.exitCode = EXIT_USAGE;
    else process.exitCode = code === 'internal' ? EXIT_FAILED : EXIT_CANNOT_USE;
  }
}

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { onStorage } from '../../db/cluster/cluster-error.ts';
import { RECOVERY_FILE, type RecoveryRequest } from '../../identity/operators/recovery-file.ts';
import { CODE_BYTES, CODE_LIFETIME_MS, codeHash, newCode } from '../../identity/operators/rules.ts';
import { ConfigError } from '../config.ts';
import { createPrivateFile } from './private-file.ts';

const FLAG = '--recover-operator';

/**
 * The data directory of a recovery, or null when this is none. It needs nothing else of the configuration: whoever may write to
 * the directory is the host.
 * @throws ConfigError
 */
export function recoveryOf(argv: readonly string[]): string | null {
  if (!argv.includes(FLAG)) return null;
  try {
    const { data } = parseArgs({
      args: [...argv],
      strict: true,
      options: { data: { type: 'string' }, 'recover-operator': { type: 'boolean' } },
    }).values;
    if (data) return resolve(data);
  } catch (cause) {
    throw new ConfigError(`${(cause as Error).message}. With ${FLAG} give --data DIR and nothing else.`, {
      cause,
    });
  }
  throw new ConfigError(`--data is missing: ${FLAG} needs the data directory of the service.`);
}

/**
 * Issues a recovery code on the host: the code is shown here and nowhere else, its hash goes to the service in a 0600 file.
 * @returns what to tell the person who asked
 * @throws ConfigError without such a directory, ClusterError when it cannot be written
 */
export async function issueRecovery(dataDir: string, now: Date): Promise<string> {
  if (!existsSync(dataDir))
    throw new ConfigError(`There is no ${dataDir}: give the data directory of the service.`);
  const code = newCode(randomBytes(CODE_BYTES));
  const request: RecoveryRequest = {
    version: 1,
    codeHash: codeHash(code).toString('hex'),
    issuedAt: now.toISOString(),
  };
  const text = `${JSON.stringify(request)}\n`;
  const left = await onStorage(dataDir, async () => {
    const path = join(dataDir, RECOVERY_FILE);
    await rm(path, { force: true });
    return createPrivateFile(path, text);
  });
  if (left !== text) throw new ConfigError('Another recovery was issued at the same moment. Ask again.');
  const until = new Date(now.getTime() + CODE_LIFETIME_MS).toISOString();
  return [
    `Recovery code: ${code}`,
    `Enrol with it until ${until}, once. The running service takes it within a second; one that is stopped, when it starts.`,
    'It makes an administrator, and the ledger says so for ever. Then revoke the operator that was lost.',
  ].join('\n');
}

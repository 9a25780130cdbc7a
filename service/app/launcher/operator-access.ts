import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type OperatorFile, operatorFile } from '../../../shared/http/operator-file.ts';
import { enrolmentCode } from '../../../shared/http/operators.ts';
import { CODE_FILE } from '../../identity/operators/first-code.ts';
import { readIfThere, replacePrivateFile } from './private-file.ts';

export const OPERATOR_FILE = 'operator.json';

/** How often the file is brought up to date: the code of the first enrolment is replaced every 15 minutes. */
const REFRESH_MS = 1000;

function parseFormer(text: string | undefined): OperatorFile | undefined {
  if (text === undefined) return undefined;
  try {
    return operatorFile.parse(JSON.parse(text));
  } catch {
    // A tool was killed while it wrote; what it held is lost with it, and a new file is made.
    return undefined;
  }
}

/** The admin token of a development service: that of the last run, so that tools stay enrolled across restarts. */
export async function developmentAdminKey(dataDir: string): Promise<string> {
  const text = await readIfThere(join(dataDir, OPERATOR_FILE));
  return parseFormer(text)?.adminToken ?? randomBytes(32).toString('base64url');
}

export interface Access {
  readonly adminOrigin: string;
  readonly adminSocket: string | null;
  readonly adminToken: string;
}

async function currentCode(dataDir: string): Promise<string | null> {
  const code = enrolmentCode.safeParse((await readIfThere(join(dataDir, CODE_FILE)))?.trim());
  return code.success ? code.data : null;
}

async function write(dataDir: string, access: Access): Promise<void> {
  const path = join(dataDir, OPERATOR_FILE);
  const text = await readIfThere(path);
  const former = parseFormer(text);
  const next: OperatorFile = {
    version: 1,
    ...access,
    name: former?.name ?? 'local',
    enrolmentCode: await currentCode(dataDir),
    key: former?.key ?? null,
  };
  if (JSON.stringify(next) === JSON.stringify(former)) return;
  // A tool that wrote its key meanwhile is not overwritten: the next look takes what it wrote along.
  await replacePrivateFile(path, `${JSON.stringify(next, null, 2)}\n`, text);
}

/**
 * Keeps `operator.json`, with which a tool on this host becomes an operator: where the admin plane is, its token, and the code
 * of the first enrolment while there is one. What a tool wrote (its name and key) stays.
 * @returns ends it; the file stays
 */
export async function keepOperatorFile(
  dataDir: string,
  access: Access,
  failed: (error: unknown) => void,
): Promise<() => void> {
  await write(dataDir, access);
  let writing = false;
  const timer = setInterval(() => {
    if (writing) return;
    writing = true;
    write(dataDir, access)
      .catch(failed)
      .finally(() => {
        writing = false;
      });
  }, REFRESH_MS);
  return () => clearInterval(timer);
}

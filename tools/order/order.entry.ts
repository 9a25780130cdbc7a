import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readCode } from './code.ts';
import { OrderToolError } from './errors.ts';
import { parseOptions, USAGE } from './options.ts';
import { describeOrder, readOrder, runOrder } from './run.ts';

const EXIT: Readonly<Record<OrderToolError['code'], number>> = {
  ...{ refused: 1, file: 1, code: 1, usage: 2, unanswered: 3 },
};

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new OrderToolError('file', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

async function order(argv: readonly string[]): Promise<void> {
  const { file: path, api, codeFile } = parseOptions(argv);
  const file = await textOf(path);
  process.stdout.write(`${describeOrder(readOrder(file))}\n`);
  if (api === null) return;
  const code = await readCode(codeFile, process.stdin, (text) => process.stderr.write(text));
  const nonce = randomBytes(16).toString('base64url');
  process.stdout.write(`${await runOrder({ file, code, api, nonce, now: new Date(), fetch })}\n`);
}

try {
  await order(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof OrderToolError)) throw error;
  process.stderr.write(`order: ${error.message}\n`);
  if (error.code === 'usage') process.stderr.write(`${USAGE}\n`);
  process.exitCode = EXIT[error.code];
}

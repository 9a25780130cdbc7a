import { parseArgs } from 'node:util';
import { OrderToolError } from './errors.ts';

export const USAGE =
  'npm run -s order -- FILE [--api URL] [--code FILE]\n' +
  '  FILE    break-glass order; alone, what it does is said and nothing happens\n' +
  '  --api   public API of the service that the order is for: https, or http on loopback\n' +
  '  --code  file with the code of its envelope; without it the code is asked for, or read from a pipe';

export interface Options {
  readonly file: string;
  /** Null: only say what the order does. */
  readonly api: URL | null;
  readonly codeFile: string | null;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function apiOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url?.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (url && (url.protocol === 'https:' || plain) && url.username === '' && url.password === '') return url;
  throw new OrderToolError('usage', '--api takes an https address, or http on loopback, without a password.');
}

/** @throws OrderToolError `usage` with a sentence that names the argument */
export function parseOptions(argv: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { api: { type: 'string' }, code: { type: 'string' } },
    });
    const [file, second] = positionals;
    if (file === undefined || second !== undefined) throw new OrderToolError('usage', 'Name one order.');
    return { file, api: values.api === undefined ? null : apiOf(values.api), codeFile: values.code ?? null };
  } catch (cause) {
    if (cause instanceof OrderToolError) throw cause;
    throw new OrderToolError('usage', cause instanceof Error ? cause.message : 'unusable arguments', {
      cause,
    });
  }
}

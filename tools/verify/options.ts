import { parseArgs } from 'node:util';
import { VerifyError } from './errors.ts';

export const USAGE =
  'npm run -s verify -- FILE --trust KEYS [--older FILE] [--json]\n' +
  '  FILE     evidence bundle, as /api/logs/ledger/export?format=bundle gives it\n' +
  '  --trust  trust file that you pinned: the answer of /api/logs/ledger/keys, received another way\n' +
  '  --older  older bundle or checkpoint that this log must continue\n' +
  '  --json   the report as one line of JSON';

export interface Options {
  readonly file: string;
  readonly trust: string | null;
  readonly older: string | null;
  readonly json: boolean;
}

/** @throws VerifyError `usage` with a sentence that names the argument */
export function parseOptions(argv: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        trust: { type: 'string' },
        older: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [file, second] = positionals;
    if (file === undefined || second !== undefined)
      throw new VerifyError('usage', 'Name one bundle to verify.');
    return { file, trust: values.trust ?? null, older: values.older ?? null, json: values.json };
  } catch (cause) {
    if (cause instanceof VerifyError) throw cause;
    throw new VerifyError('usage', cause instanceof Error ? cause.message : 'unusable arguments', { cause });
  }
}

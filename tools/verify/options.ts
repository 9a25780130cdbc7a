import { parseArgs } from 'node:util';
import { VerifyError } from './errors.ts';

export const USAGE =
  'npm run -s verify -- FILE --trust KEYS [--older FILE] [--bundle FILE] [--json]\n' +
  '  FILE     evidence bundle, as /api/logs/ledger/export?format=bundle gives it, an export of a mint job,\n' +
  '           or the folder of a mirror\n' +
  '  --bundle evidence bundle that an export is held against: its job and itself must be entries of that log\n' +
  '  --trust  trust file that you pinned: the answer of /api/logs/ledger/keys, received another way\n' +
  '  --older  older bundle or checkpoint that this log must continue\n' +
  '  --json   the report as one line of JSON';

export interface Options {
  readonly file: string;
  readonly trust: string | null;
  readonly older: string | null;
  readonly bundle: string | null;
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
        bundle: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [file, second] = positionals;
    if (file === undefined || second !== undefined)
      throw new VerifyError('usage', 'Name one bundle or export to verify.');
    const { trust = null, older = null, bundle = null, json } = values;
    return { file, trust, older, bundle, json };
  } catch (cause) {
    if (cause instanceof VerifyError) throw cause;
    throw new VerifyError('usage', cause instanceof Error ? cause.message : 'unusable arguments', { cause });
  }
}

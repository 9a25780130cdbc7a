import { parseArgs } from 'node:util';

export const USAGE =
  'npm run test:soak -- --minutes N [--rate R]\n' +
  '  --minutes  how long, from 1 to 1440 (default 60)\n' +
  '  --rate     requests a second of the simulator, up to 200 (default 100)';

/** Why the soak did not run; the message is a sentence for a person. */
export class SoakError extends Error {
  override readonly name = 'SoakError';
  readonly code: 'usage' | 'service';

  constructor(code: SoakError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

function numberIn(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new SoakError('usage', `--${name} takes a number from ${least} to ${most}, not "${text}".`);
}

/** @throws SoakError `usage` with a sentence that names the argument */
export function parseOptions(argv: readonly string[]): { readonly minutes: number; readonly rate: number } {
  try {
    const { minutes, rate } = parseArgs({
      args: [...argv],
      options: { minutes: { type: 'string', default: '60' }, rate: { type: 'string', default: '100' } },
    }).values;
    return { minutes: numberIn('minutes', minutes, 1, 1440), rate: numberIn('rate', rate, 1, 200) };
  } catch (cause) {
    if (cause instanceof SoakError) throw cause;
    throw new SoakError('usage', (cause as Error).message, { cause });
  }
}

import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { SimulateError } from './errors.ts';

export const USAGE =
  'npm run simulate -- --api URL [--rate N] [--operator FILE] [--resolver URL] [--provider PORT] [--seconds S] [--seed WORD]\n' +
  '  --api       public API of a running service, e.g. http://127.0.0.1:8080\n' +
  '  --rate      requests per second on average, 0.1 to 200 (default 10)\n' +
  '  --operator  operator file of the service; with it keys are created and revoked, and credits granted\n' +
  '  --resolver  scan plane of the service (its ready line names it); with it minted tokens are scanned\n' +
  '  --provider  runs a provider of models on this port of 127.0.0.1, which costs nothing and says that it is simulated;\n' +
  '              with --operator, agents generate with it. The service must be told of it when it starts:\n' +
  '              TOKENHALL_OPENAI_URL=http://127.0.0.1:PORT/v1 TOKENHALL_PRIVATE_NETWORKS=127.0.0.0/8\n' +
  '              TOKENHALL_ALLOWED_HOSTS=127.0.0.1:PORT,api.anthropic.com,openrouter.ai\n' +
  '  --seconds   how long to play, up to 86400 (default: until Ctrl+C)\n' +
  '  --seed      repeats the same plan';

/** Above this rate one process measures itself rather than the service. */
const MAX_RATE = 200;
const MAX_SECONDS = 86_400;

export interface Options {
  /** Origin of the public API. */
  readonly api: string;
  /** Mean requests per second. */
  readonly rate: number;
  readonly operatorFile: string | null;
  /** Origin of the scan plane. */
  readonly resolver: string | null;
  /** Port for the simulated provider. */
  readonly provider: number | null;
  readonly seconds: number | null;
  readonly seed: string;
}

function numberIn(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most))
    throw new SimulateError('usage', `--${name} takes a number from ${least} to ${most}, not "${text}".`);
  return value;
}

function portOf(text: string): number {
  const port = numberIn('provider', text, 1, 65_535);
  if (Number.isInteger(port)) return port;
  throw new SimulateError('usage', `--provider takes the number of a port, not "${text}".`);
}

function originOf(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '')
    throw new SimulateError('usage', `--${name} takes a URL such as http://127.0.0.1:8080, not "${text}".`);
  return url.origin;
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        api: { type: 'string' },
        rate: { type: 'string', default: '10' },
        operator: { type: 'string' },
        resolver: { type: 'string' },
        provider: { type: 'string' },
        seconds: { type: 'string' },
        seed: { type: 'string' },
      },
    }).values;
  } catch (cause) {
    throw new SimulateError('usage', cause instanceof Error ? cause.message : 'unusable arguments', {
      cause,
    });
  }
}

/** @throws SimulateError `usage` with a sentence that names the argument */
export function parseOptions(argv: readonly string[]): Options {
  const given = parsed(argv);
  if (given.api === undefined)
    throw new SimulateError('usage', 'Say which service to talk to with --api URL.');
  return {
    api: originOf('api', given.api),
    rate: numberIn('rate', given.rate, 0.1, MAX_RATE),
    operatorFile: given.operator ?? null,
    resolver: given.resolver === undefined ? null : originOf('resolver', given.resolver),
    provider: given.provider === undefined ? null : portOf(given.provider),
    seconds: given.seconds === undefined ? null : numberIn('seconds', given.seconds, 1, MAX_SECONDS),
    seed: given.seed ?? randomBytes(6).toString('hex'),
  };
}

import { createTokenCode, TOKEN_CODE_RANDOM_BYTES } from '../../shared/ids/token-code.ts';
import type { ErrandAction, Look } from './errands.ts';
import { count, type Tally } from './tally.ts';
import type { Outgoing, Transport } from './transport.ts';

type Scan = Extract<ErrandAction, { type: 'scan' }>;

const AGENTS: Readonly<Record<Look, string>> = {
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  desktop: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  bot: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  preview: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  forged:
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
  mistyped:
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
};

/** A code that has the right form and was never issued. */
const forgedCode = (draw: string): string =>
  createTokenCode(Buffer.from(draw, 'base64url').subarray(0, TOKEN_CODE_RANDOM_BYTES));

/**
 * The request of a look at the scan plane.
 * @param codes of tokens that this run has minted
 * @returns null while there is nothing to scan
 */
export function scanOf({ look, draw, from }: Scan, codes: readonly string[]): Outgoing | null {
  const forged = look === 'forged' || look === 'mistyped';
  const choice = Buffer.from(draw, 'base64url').readUInt16LE(0);
  const code = forged ? forgedCode(draw) : codes[choice % Math.max(1, codes.length)];
  if (code === undefined) return null;
  // Without its last character the check fails before anybody asks the database.
  const shown = look === 'mistyped' ? code.slice(0, -1) : code;
  return {
    path: `/s/${shown}`,
    authorization: null,
    from,
    headers: { 'user-agent': AGENTS[look], ...(look === 'preview' ? { 'sec-purpose': 'prefetch' } : {}) },
  };
}

export interface ScanDeps {
  readonly transport: Pick<Transport, 'send'>;
  readonly tally: Tally;
  readonly codes: readonly string[];
}

/** People, bots and forgers at the scan plane. */
export class Scans {
  readonly #deps: ScanDeps;

  constructor(deps: ScanDeps) {
    this.#deps = deps;
  }

  async look(scan: Scan): Promise<void> {
    const { transport, tally, codes } = this.#deps;
    const outgoing = scanOf(scan, codes);
    if (!outgoing) {
      tally.heldBack += 1;
      return;
    }
    const { status } = await transport.send(outgoing);
    count(tally, status);
    if (status === 200) tally.played.scans += 1;
  }
}

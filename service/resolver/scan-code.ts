import { normaliseAddress } from '../gate/client-address.ts';
import type { SaltedRow } from '../ledger/seal.ts';
import { truncateAddress } from '../limits/subject.ts';
import { type FoundToken, isScan, mayActivate } from './rules.ts';
import { regionOf } from './scan/region.ts';
import type { Visitor } from './scan/visitor.ts';
import type { Telemetry } from './telemetry.ts';

export interface ScanDeps {
  /** The code that was shown; null when nobody could have made it. */
  hashOf(shown: string): Buffer | null;
  find(codeHash: Buffer): Promise<FoundToken | null>;
  sealActivation(token: FoundToken): SaltedRow;
  activate(codeHash: Buffer, entry: SaltedRow): Promise<boolean>;
  readonly telemetry: Pick<Telemetry, 'note' | 'pass'>;
  now(): Date;
}

export interface Scanned {
  readonly token: FoundToken;
  /** This scan activated it. */
  readonly firstScan: boolean;
}

const HOUR_MS = 3_600_000;
const hourOf = (at: Date): Date => new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);

/**
 * One scan of a code: look it up, activate what waits for its first scan, note the rest for later. Nothing is noted or changed for
 * what is no code, no token, void, or not looked at by a person.
 * @param address of the client; it ends here
 * @returns null when there is no such token
 * @throws DatabaseError
 */
export async function scanCode(
  deps: ScanDeps,
  shown: string,
  visitor: Visitor,
  address: string,
): Promise<Scanned | null> {
  const codeHash = deps.hashOf(shown);
  const token = codeHash && (await deps.find(codeHash));
  if (!codeHash || !token) return null;
  const at = deps.now();
  if (visitor.type !== 'person') {
    deps.telemetry.pass(visitor.type, token.brandId, hourOf(at));
    return { token, firstScan: false };
  }
  if (!isScan(visitor, token)) return { token, firstScan: false };
  const firstScan = mayActivate(token) && (await deps.activate(codeHash, deps.sealActivation(token)));
  // Whoever came second to an activation looked it up before it: it is active by now, or void.
  const seen = mayActivate(token) && !firstScan ? ((await deps.find(codeHash)) ?? token) : token;
  if (seen.state === 'voided') return { token: seen, firstScan: false };
  const client = normaliseAddress(address);
  // Only what came over a network has one to keep.
  if (client !== null)
    deps.telemetry.note({
      ...{ token: token.id, hour: hourOf(at), device: visitor.device },
      ...{ network: truncateAddress(client), region: regionOf(client) },
    });
  return { token: firstScan ? { ...token, state: 'active', activatedAt: at } : seen, firstScan };
}

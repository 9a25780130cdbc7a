import type { ProcessKeys, ProcessName } from '../../shared/service/launch.ts';
import { CustodyError } from '../custody/custody-error.ts';
import type { Rotation } from '../custody/rotation.ts';
import { VaultError } from '../vault/errors.ts';
import type { ServiceRootHandle } from '../vault/items.ts';

/** The one wallet key that the rotations say is in force; none while that cannot be read: the payer then signs nothing. */
async function payerSeed(rotation: Pick<Rotation, 'suppliedSeed'>): Promise<{ payerSeed?: string }> {
  try {
    const seed = await rotation.suppliedSeed();
    const text = seed?.toString('base64url');
    seed?.fill(0);
    return text === undefined ? {} : { payerSeed: text };
  } catch (error) {
    if (error instanceof CustodyError || error instanceof VaultError) return {};
    throw error;
  }
}

/** What one process of the service may hold; the payer's key goes to the api process alone. */
export async function processKeys(
  root: ServiceRootHandle,
  rotation: Pick<Rotation, 'suppliedSeed'>,
  process: ProcessName,
): Promise<ProcessKeys> {
  const keys = root.keysFor(process);
  return keys.process === 'api' ? { ...keys, ...(await payerSeed(rotation)) } : keys;
}

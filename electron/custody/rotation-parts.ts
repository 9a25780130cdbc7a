import canonicalize from 'canonicalize';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { Ceremony, Evidence } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';
import { readKey, writeKey } from './key-formats.ts';
import type { TwoPersons } from './persons.ts';

export const refused = (message: string): CustodyError => new CustodyError('step-refused', message);

/** The item of a ceremony's key: after a crash it is found by this name, so that no second key is made. */
export const labelOf = (ceremony: string): string => `Wallet ${ceremony}`;

/** Whoever was shown two persons gets a wallet of those two or none. @throws CustodyError `step-refused` */
export function requireSamePersons(resumed: Ceremony, persons: TwoPersons | null): void {
  if (persons === null || canonicalize(persons) === canonicalize(resumed.persons)) return;
  throw refused('A rotation is open already, and not of these two persons. Finish or abort it first.');
}

/** What is sealed: both halves under the names that the service reads. The caller wipes it. */
export function payloadOf(secret: Buffer): Buffer {
  const seed = readKey(secret.toString('utf8'));
  try {
    return Buffer.from(writeKey(seed, 'secrets-manager'), 'utf8');
  } finally {
    seed.fill(0);
  }
}

export function generatedOf(ceremony: Ceremony): Evidence<'generated'> {
  const { generated } = ceremony.done;
  if (!generated) throw refused('There is no new wallet yet. Generate it first.');
  return generated;
}

/** What an open rotation needs this item of the vault for; null for nothing. */
export function holdOf({ done: { generated, sealed } }: Ceremony, item: string): string | null {
  if (generated?.item === item || generated?.former?.item === item)
    return 'A rotation is using this wallet. Finish or abort it first.';
  return sealed?.way === 'aws' && sealed.credentials === item
    ? 'A rotation is using this access key. Finish or abort it first.'
    : null;
}

/** What the console keeps for itself and cannot do without. */
export function keptByType(type: string | null): string | null {
  if (type === 'receiving-key')
    return 'Packages and parts of wallets of two persons were encrypted to this key. Without it they never open again.';
  return type === 'approvals'
    ? 'By this item no approval is given or used twice. It stays with the vault.'
    : null;
}

/** @throws CustodyError `custody-off` */
export function requireKeychain(keychain: VaultStatus['keychain']): void {
  if (keychain === 'missing')
    throw new CustodyError(
      'custody-off',
      'Custody is off: this system has no keychain, so nothing but a passphrase would guard a wallet. Install and unlock ' +
        'one (GNOME Keyring, KWallet, Keychain), start Sallyport again and change the vault’s passphrase; that adds its half.',
    );
}

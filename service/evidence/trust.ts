import { ED25519, formatKey, makeKey } from '../../shared/ledger/note.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';
import { HttpError } from '../gate/http-error.ts';
import { sha256 } from '../ledger/entry-row.ts';
import { logName, originOf } from '../ledger/integrator/ledger-keys.ts';
import { type Reader, readEpochs, readKeys, readWitnesses } from './store.ts';

/**
 * What people pin: origin, ledger keys with their validity, witnesses.
 * @throws HttpError `unavailable` while the integrator has not signed its first head
 */
export async function readTrust(db: Reader): Promise<TrustFile> {
  const [keys, epochs, witnesses] = await Promise.all([readKeys(db), readEpochs(db), readWitnesses(db)]);
  const [first] = keys;
  if (!first)
    throw new HttpError('unavailable', 'the integrator has not signed a head yet', { retryAfterSeconds: 1 });
  const name = logName(first.public_key);
  return {
    format: 'sallyport-trust/1',
    origin: name,
    epochs: [
      { origin: name, fromSize: 0 },
      ...epochs.map(({ epoch, from_size }) => ({
        origin: originOf(name, epoch),
        fromSize: Number(from_size),
      })),
    ],
    ledgerKeys: keys.map(({ public_key, from_size, until_size }) => ({
      key: formatKey(makeKey(sha256, name, ED25519, public_key)),
      fromSize: Number(from_size),
      untilSize: until_size === null ? null : Number(until_size),
    })),
    witnessKeys: witnesses.map(({ key }) => ({ key })),
  };
}

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { SigningHandle } from '../vault/items.ts';

const DOMAIN = 'sallyport/change-log/v1';

export interface ChangeLog {
  /** The file, the same bytes each time it is made. */
  readonly text: string;
  /** SHA-256 (hex) of what is signed. */
  readonly digest: string;
}

const isRecorded = (line: string): boolean => {
  const { record } = JSON.parse(line) as { record: { type: string; step?: string } };
  return record.step === 'recorded';
};

/**
 * What was changed, by whom and when, as the signed lines of the journal up to its last step, under one more signature. It holds
 * addresses, fingerprints and transactions; no line has a field for a secret.
 */
export function changeLogOf(
  lines: readonly string[],
  custodian: Pick<SigningHandle, 'keyId' | 'publicKey' | 'sign'>,
): ChangeLog {
  const journal = lines.filter((line) => !isRecorded(line));
  const { keyId: signer, publicKey } = custodian;
  const signed = Buffer.from(canonicalize([DOMAIN, signer, publicKey, journal]) ?? '');
  const signature = custodian.sign(signed).toString('base64url');
  const log = { format: 'sallyport-change-log', version: 1, signer, publicKey, journal, signature };
  return {
    text: `${JSON.stringify(log, null, 2)}\n`,
    digest: createHash('sha256').update(signed).digest('hex'),
  };
}

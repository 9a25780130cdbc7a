import { awsSecret } from '../custody/aws-access.ts';
import type { Ceremony, Evidence } from '../custody/ceremony.ts';
import { CustodyError } from '../custody/custody-error.ts';
import {
  cleaned,
  DONE,
  FINGERPRINT,
  type Ground,
  type PreparedAct,
  plain,
  REVOKED,
  revokedIn,
  walletsOf,
} from './custody-card.ts';
import { withSecond } from './custody-second.ts';
import type { WindowAct } from './protocol.ts';

type ToAws = Extract<Evidence<'sealed'>, { way: 'aws' }>;

/** Which secret, where, and with whose key: in full, because a neighbour's name looks much the same. */
function placeFacts({ secret, credentials }: Pick<ToAws, 'secret' | 'credentials'>, { holdings }: Ground) {
  const { region } = awsSecret(secret);
  const key = holdings.list().find(({ id }) => id === credentials);
  if (!key) throw new CustodyError('aws-refused', 'This access key is not in the vault any more.');
  return [
    { label: 'Secret', value: secret },
    { label: 'Region', value: region },
    { label: 'Access key', value: key.label ?? '' },
  ];
}

export const sealingToAws = (
  { secret, credentials }: Extract<WindowAct, { act: 'seal-aws' }>,
  ceremony: Ceremony,
  ground: Ground,
): PreparedAct => ({
  card: {
    ...plain,
    title: 'The new key goes to AWS Secrets Manager',
    facts: [...placeFacts({ secret, credentials }, ground), ...walletsOf(ceremony)],
    warning:
      'Nothing is sent yet. The service that reads this secret is another one than the bundled service.',
    act: 'Decide',
  },
  async perform() {
    await ground.rotation.sealToAws(secret, credentials);
    return DONE;
  },
});

export const importingToAws = (ceremony: Ceremony, sealed: ToAws, ground: Ground): PreparedAct => ({
  card: {
    ...plain,
    title: 'Import the new key into AWS Secrets Manager',
    facts: [...placeFacts(sealed, ground), ...walletsOf(ceremony)],
    warning:
      'It is encrypted to AWS within this process and waits there under AWSPENDING, which no service reads. What else the secret holds stays as it is.',
    act: 'Import and read back',
  },
  async perform() {
    const { wallet, item } = ceremony.done.generated as Evidence<'generated'>;
    const deed = { action: 'import', rotation: ceremony.id, secret: sealed.secret } as const;
    const ready = () => ground.rotation.requireReady('imported');
    return withSecond(ground, { item, deed, ready }, async () => {
      await ground.rotation.importToAws();
      return { say: `AWS has the key and gives it back whole. Its fingerprint is ${wallet.fingerprint}.` };
    });
  },
});

/** First AWSCURRENT moves, then a person restarts the service, then it is confirmed: in this order, and each can be done again. */
export function hydratingFromAws(ceremony: Ceremony, sealed: ToAws, ground: Ground): PreparedAct {
  const { rotation } = ground;
  const { promoted: isPromoted } = ceremony;
  return {
    card: {
      ...plain,
      title: isPromoted ? 'Confirm the restarted service' : 'Put the new key in force at AWS',
      facts: isPromoted ? [] : [...placeFacts(sealed, ground), ...walletsOf(ceremony)],
      warning: isPromoted
        ? 'Restart the service first. It reads the secret at its start, and ends all earlier payer sessions before its first request.'
        : 'AWSCURRENT moves to the new version; the version before stays as AWSPREVIOUS. Then restart the service.',
      fields: isPromoted ? [FINGERPRINT, REVOKED] : [],
      act: isPromoted ? 'Compare' : 'Move AWSCURRENT',
    },
    async perform({ fingerprint, revoked }) {
      const sessionsRevoked = isPromoted ? revokedIn(revoked) : 0;
      await rotation.beginHydration();
      if (!isPromoted)
        return { say: 'The new key is in force at AWS. Restart the service now, then do this step again.' };
      await rotation.observed('hydrated', { fingerprint: cleaned(fingerprint), sessionsRevoked });
      return DONE;
    },
  };
}

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { SecretUseAction } from '../../shared/http/secret-use.ts';
import { KEY_FORMATS } from '../../shared/http/vault-items.ts';
import type { Ceremony } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';
import { ageRecipient } from './persons.ts';
import { headerDigest, type SharedHeader } from './two-person-wallet.ts';

const DOMAIN = 'sallyport/second-deed/v1';
const rotation = z.uuid();

/** Exactly what is done with the key of a wallet of two persons, once; what is not in it is not approved. */
export const deed = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('seal'), rotation, recipient: ageRecipient }),
  z.strictObject({ action: z.literal('import'), rotation, secret: z.string().regex(/^[\x21-\x7e]{1,700}$/) }),
  /** Everything that this wallet has, to this one address; as many transactions as that takes. */
  z.strictObject({
    action: z.literal('sweep'),
    rotation,
    to: z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/),
  }),
  z.strictObject({ action: z.literal('reveal') }),
  z.strictObject({ action: z.literal('export'), recipient: ageRecipient, format: z.enum(KEY_FORMATS) }),
]);
export type Deed = z.infer<typeof deed>;

/** Of the rotation that is open: everything of the former wallet, to the new one. */
export const sweepDeed = ({
  id,
  done: { generated },
}: Pick<Ceremony, 'id' | 'done'>): Extract<Deed, { action: 'sweep' }> => ({
  action: 'sweep',
  rotation: id,
  to: generated?.wallet.address ?? '',
});

/** SHA-256 (hex) over the wallet, its two persons and the deed. */
export const deedDigest = (header: SharedHeader, done: Deed): string =>
  createHash('sha256')
    .update(canonicalize([DOMAIN, headerDigest(header).toString('hex'), done]) ?? '')
    .digest('hex');

/** The one use of the key that a deed takes, as the journal of uses names it. */
export const actionFor = ({ action }: Deed): SecretUseAction => (action === 'sweep' ? 'sign' : action);

interface Fact {
  readonly label: string;
  readonly value: string;
}

const TITLES = {
  seal: 'Seal the key to a recipient',
  import: 'Import the key into AWS Secrets Manager',
  sweep: 'Send everything that this wallet has to another one',
  reveal: 'Show the key to the other operator, in the clear',
  export: 'Export the key, encrypted',
} as const satisfies Readonly<Record<Deed['action'], string>>;

/** In a row: what was done, and where the key or what the wallet has went; null where it went nowhere. */
export const summaryOf = (done: Deed): { readonly what: string; readonly to: string | null } => {
  const what = TITLES[done.action];
  if ('recipient' in done) return { what, to: done.recipient };
  if (done.action === 'sweep') return { what, to: done.to };
  return { what, to: done.action === 'import' ? done.secret : null };
};

/** The operator of the wallet whose own vault this is; null for anybody else's. */
const ownerOf = ({ first, second }: SharedHeader, recipient: string): string | null =>
  [first, second].find((person) => person.recipient === recipient)?.name ?? null;

/**
 * A wallet of two persons is sealed to the machine that pays with it. In the vault of one of them, that one would have it alone.
 * @throws CustodyError `step-refused`
 */
export function requireElsewhere(header: SharedHeader, done: Deed): void {
  const owner = done.action === 'seal' ? ownerOf(header, done.recipient) : null;
  if (owner !== null)
    throw new CustodyError(
      'step-refused',
      `This is the vault of “${owner}”, who would have the wallet alone. Seal it to the machine that the service runs on.`,
    );
}

function recipientFacts(header: SharedHeader, recipient: string): Fact[] {
  const owner = ownerOf(header, recipient);
  const whose =
    owner === null ? [] : [{ label: 'Which is', value: `the vault of “${owner}” itself, one of these two` }];
  return [{ label: 'Recipient', value: recipient }, ...whose];
}

function detailsOf(header: SharedHeader, done: Deed): Fact[] {
  switch (done.action) {
    case 'seal':
      return recipientFacts(header, done.recipient);
    case 'import':
      return [{ label: 'Secret', value: done.secret }];
    case 'sweep':
      return [{ label: 'To', value: done.to }];
    case 'reveal':
      return [];
    case 'export':
      return [...recipientFacts(header, done.recipient), { label: 'Format', value: done.format }];
  }
}

/** The deed in words; both consoles show the same ones, each made from the deed itself. */
export const factsOf = (header: SharedHeader, done: Deed): Fact[] => [
  { label: 'What is done', value: TITLES[done.action] },
  ...detailsOf(header, done),
  { label: 'Wallet', value: header.wallet.address },
  { label: 'Its fingerprint', value: header.wallet.fingerprint },
  { label: 'In rotation', value: 'rotation' in done ? done.rotation : 'none' },
  header.origin
    ? { label: 'Imported', value: `${header.ceremony}; copies of before may still open it alone` }
    : { label: 'Made by rotation', value: header.ceremony },
];

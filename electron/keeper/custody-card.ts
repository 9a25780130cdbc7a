import type { FromKeeper } from '../../shared/ipc/trusted.ts';
import type { ApprovedDeeds } from '../custody/approved-deeds.ts';
import type { Ceremony } from '../custody/ceremony.ts';
import { CustodyError } from '../custody/custody-error.ts';
import type { ImportedWallets } from '../custody/imports.ts';
import { keyIdOf } from '../custody/persons.ts';
import type { Receiving } from '../custody/receiving.ts';
import type { Rehearsals } from '../custody/rehearsals.ts';
import type { Opened, Rotation } from '../custody/rotation.ts';
import type { SecondOperator } from '../custody/second-operator.ts';
import type { SignedTransaction } from '../custody/sweep.ts';
import type { Signer } from '../signer/signer.ts';
import type { Holdings } from '../vault/holdings.ts';
import type { SigningHandle } from '../vault/items.ts';
import type { KeeperToMain } from './protocol.ts';

export type Card = Omit<Extract<FromKeeper, { type: 'ceremony' }>, 'type'>;
type Values = Readonly<Record<string, string>>;

/** What an act has changed: what its window ends with (null: it closes), and what main has to do. */
export interface Outcome {
  readonly say: string | null;
  readonly qr?: readonly string[];
  /** A key in the clear, for the eyes before this window, instead of words; `noteCopy` writes a copy down before it is made. */
  readonly shown?: { readonly value: string; noteCopy(): Promise<void> };
  readonly transaction?: SignedTransaction;
  readonly restart?: boolean;
  /** What the same window asks next; nothing has been answered yet. */
  readonly next?: PreparedAct;
}

/** One act of a rotation: what a person is shown, and what happens when it is confirmed. */
export interface PreparedAct {
  readonly card: Card;
  perform(values: Values): Promise<Outcome>;
}

/** A key of this vault, and the service that it is for by the name that the person gave it. */
export interface NamedSigner {
  readonly name: string;
  readonly signer: Signer;
}

export interface Carried {
  /** Every key that this vault has for the service of this origin. */
  readonly signersAt: (origin: string) => Promise<readonly NamedSigner[]>;
  readonly now: () => Date;
}

export interface Ground {
  readonly rotation: Rotation;
  readonly rehearsals: Rehearsals;
  readonly receiving: Receiving;
  readonly imports: ImportedWallets;
  /** The journal of what second operators approved here. */
  readonly approved: ApprovedDeeds;
  /** Wallets of two persons, and what another console asks. */
  readonly second: SecondOperator;
  /** Who seals: what a recipient has to be told. */
  readonly custodian: Pick<SigningHandle, 'publicKey'>;
  readonly holdings: Pick<Holdings, 'list'>;
  /** Approvals of proposals that were brought here from a service. */
  readonly carried: Carried;
  readonly tell: (message: KeeperToMain) => void;
}

/** What is typed is not shown beside its field: it has to come from the other machine. */
export const FINGERPRINT = {
  name: 'fingerprint',
  label: 'Fingerprint',
  hint: '64 characters, as the other machine shows it',
};
export const REVOKED = { name: 'revoked', label: 'Sessions revoked', hint: 'as its ledger says' };

/** @throws CustodyError `step-refused` */
export function revokedIn(count: string | undefined): number {
  if (!/^\d{1,6}$/.test(count ?? ''))
    throw new CustodyError('step-refused', 'Type how many sessions were revoked, as a number.');
  return Number(count);
}

export const DONE: Outcome = { say: null };
export const plain = { facts: [], warning: null, fields: [], danger: false } as const;

/** One key, twice: as its operator reads it out, and as the service lists it. Both have 43 characters. */
export const keyFacts = (publicKey: string): Card['facts'] => [
  { label: 'Public key', value: publicKey },
  { label: 'Its thumbprint', value: keyIdOf(publicKey) },
];

/** What was made is said as the journal has it, not as a window promised it. */
export const madeOf = ({ address, fingerprint, persons }: Opened): Outcome => ({
  say: persons
    ? `The wallet ${address} is in the vault and opens with both keys, yours and that of “${persons.second.name}”. Its fingerprint is ${fingerprint}.`
    : `The wallet ${address} is in the vault. Its fingerprint is ${fingerprint}. Write both down.`,
});

/** Both wallets in full: they are compared here, not from memory. */
export function walletsOf({ done: { generated } }: Ceremony): Card['facts'] {
  if (!generated) return [];
  const { wallet, former } = generated;
  return [
    { label: 'New wallet', value: wallet.address },
    { label: 'Its fingerprint', value: wallet.fingerprint },
    ...(former
      ? [
          { label: 'Former wallet', value: former.address },
          { label: 'Its fingerprint', value: former.fingerprint },
        ]
      : []),
  ];
}

/** Fingerprints are typed in groups and in either case. */
export const cleaned = (text: string | undefined): string => (text ?? '').replace(/\s/g, '').toLowerCase();

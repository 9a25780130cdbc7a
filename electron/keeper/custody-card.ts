import type { FromKeeper } from '../../shared/ipc/trusted.ts';
import type { Ceremony } from '../custody/ceremony.ts';
import type { Rotation } from '../custody/rotation.ts';
import type { SignedTransaction } from '../custody/sweep.ts';
import type { KeeperToMain } from './protocol.ts';

export type Card = Omit<Extract<FromKeeper, { type: 'ceremony' }>, 'type'>;
type Values = Readonly<Record<string, string>>;

/** What an act has changed: what its window ends with (null: it closes), and what main has to do. */
export interface Outcome {
  readonly say: string | null;
  readonly qr?: readonly string[];
  readonly transaction?: SignedTransaction;
  readonly restart?: boolean;
}

/** One act of a rotation: what a person is shown, and what happens when it is confirmed. */
export interface PreparedAct {
  readonly card: Card;
  perform(values: Values): Promise<Outcome>;
}

export interface Ground {
  readonly rotation: Rotation;
  readonly tell: (message: KeeperToMain) => void;
}

export const DONE: Outcome = { say: null };
export const plain = { facts: [], warning: null, fields: [], danger: false } as const;

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

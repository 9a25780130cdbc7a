import { ED25519, formatKey, makeKey } from '../../shared/ledger/note.ts';
import { derive } from '../ledger/derive.ts';
import { sha256 } from '../ledger/entry-row.ts';
import { logName } from '../ledger/integrator/ledger-keys.ts';
import type { Rederiver } from '../ledger/rederive.ts';
import { everyEpoch, everyLedgerKey, everyWitness } from './states.store.ts';

interface KeyState {
  readonly fromSize: number;
  readonly untilSize: number | null;
  /** It was told to end when its time is over. */
  readonly retiring: boolean;
}

/** Keys that sign heads, and at which sizes. The first one gives the log its name, so no entry tells of its beginning. */
export function ledgerKeyStates(): Rederiver {
  let first: string | undefined;
  return derive<KeyState>({
    domain: 'ledger keys',
    tables: ['ledger_keys'],
    stored: async (tx) => {
      const rows = await everyLedgerKey(tx);
      const name = rows[0] ? logName(rows[0].public_key) : '';
      const states = rows.map((row): [string, KeyState] => [
        formatKey(makeKey(sha256, name, ED25519, row.public_key)),
        {
          fromSize: Number(row.from_size),
          untilSize: row.until_size === null ? null : Number(row.until_size),
          retiring: row.retires_at !== null,
        },
      ]);
      first = states[0]?.[0];
      return states;
    },
    steps: {
      'ledger.key-rotated': (told, { former, from, to, size }) => {
        told.is(from, former === 'retire' ? { untilSize: size } : { retiring: true });
        told.is(to, { fromSize: size, untilSize: null, retiring: false });
      },
      'ledger.key-retired': (told, { key, untilSize }) => told.is(key, { untilSize }),
    },
    settle: (told) => {
      if (first === undefined) return;
      const { number = null, ...ended } = told.states.get(first) ?? {};
      told.at(number);
      told.is(first, { fromSize: 0, untilSize: null, retiring: false, ...ended });
    },
  })();
}

interface EpochState {
  readonly fromSize: number;
  readonly witnessedSize: number;
  readonly witnessedRoot: string;
}

/** Epochs after the first: what each restore has lost. */
export const epochStates = derive<EpochState>({
  domain: 'epochs',
  tables: ['ledger_epochs'],
  stored: async (tx) =>
    (await everyEpoch(tx)).map((row) => [
      String(row.epoch),
      {
        ...{ fromSize: Number(row.from_size), witnessedSize: Number(row.witnessed_size) },
        witnessedRoot: row.witnessed_root.toString('hex'),
      },
    ]),
  steps: {
    'ledger.epoch-opened': (told, { epoch, restored, witnessed }) =>
      told.is(String(epoch), {
        ...{ fromSize: restored.size, witnessedSize: witnessed.size, witnessedRoot: witnessed.root },
      }),
  },
});

interface WitnessState {
  readonly name: string;
  readonly registeredBy: string;
}

/** Witnesses: whose cosignatures are believed. One that is planted vouches for whatever its owner likes. */
export const witnessStates = derive<WitnessState>({
  domain: 'witnesses',
  tables: ['ledger_witnesses'],
  stored: async (tx) =>
    (await everyWitness(tx)).map(({ key, name, registered_by: registeredBy }) => [
      key,
      { name, registeredBy },
    ]),
  steps: {
    'ledger.witness-registered': (told, { key, name }, { actor: registeredBy }) =>
      told.is(key, { name, registeredBy }),
  },
});

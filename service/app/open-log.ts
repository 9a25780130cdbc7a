import type { ApiSettings, KeysOf } from '../../shared/service/launch.ts';
import { controlStates } from '../autonomy/control/rederive.ts';
import { paymentStates } from '../autonomy/payments/rederive.ts';
import { payerKeyStates, payerSessionStates, retirementStates } from '../autonomy/sessions/rederive.ts';
import { BOUNDARY_STATES } from '../boundaries/rederive.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { deepHandlers } from '../evidence/deep/routes.ts';
import { exploreHandlers } from '../evidence/explore/routes.ts';
import { exportHandlers } from '../evidence/export/routes.ts';
import { forkStates } from '../evidence/rederive.ts';
import { epochStates, ledgerKeyStates, witnessStates } from '../evidence/rederive-keys.ts';
import type { Handlers } from '../gate/context.ts';
import { accessReviewStates } from '../identity/access/rederive.ts';
import { accountStates } from '../identity/accounts/rederive.ts';
import { agentKeyStates, agentStates, identityTokenStates } from '../identity/agents/rederive.ts';
import { keyStates } from '../identity/keys/rederive.ts';
import { operatorStates } from '../identity/operators/rederive.ts';
import { invitationStates } from '../identity/operators/rederive-invitations.ts';
import { approvalStates, proposalStates } from '../identity/proposals/rederive.ts';
import { familyStates, sessionStates, tokenKeyStates } from '../identity/sessions/rederive.ts';
import { macKeyOf } from '../ledger/mac.ts';
import { type Ledger, type OpenLedgerOptions, openLedger } from '../ledger/open-ledger.ts';
import type { Rederivers } from '../ledger/rederive.ts';
import { MARKET_STATES } from '../market/rederive.ts';
import { brandStates, memberStates } from '../minting/brands/rederive.ts';
import { exportStates } from '../minting/exports/rederive.ts';
import { mintJobStates } from '../minting/jobs/rederive.ts';
import { mintTokenStates } from '../minting/tokens/rederive.ts';
import { reportHandlers } from '../reports/routes.ts';
import { priceStates } from '../tokenhall/pricing/rederive.ts';
import { preferenceStates, secretRootStates, secretStates } from '../tokenhall/secrets/rederive.ts';
import { holdStates, walletStates } from '../treasury/rederive.ts';
import { freezeStates } from '../treasury/rederive-freezes.ts';
import { transferStates } from '../treasury/rederive-transfers.ts';

/** What the log answers itself: pages, stream and exports. */
export type LogHandlers = Pick<
  Handlers,
  | 'ledger.list'
  | 'events.stream'
  | 'ledger.export'
  | 'ledger.deepVerify'
  | keyof ReturnType<typeof exploreHandlers>
  | keyof ReturnType<typeof reportHandlers>
>;

export interface ServedLog extends Omit<Ledger, 'handlers'> {
  readonly handlers: LogHandlers;
}

export interface OpenLogOptions extends Omit<OpenLedgerOptions, 'stagingMac'> {
  readonly settings: Pick<ApiSettings, 'database'>;
  readonly keys: Pick<KeysOf<'api'>, 'stagingMac' | 'readerPassword'>;
}

/** The states that deep verification derives from the log again: every domain adds its own. */
export const REDERIVERS: Rederivers = [
  ...[
    operatorStates,
    invitationStates,
    accessReviewStates,
    proposalStates,
    approvalStates,
    accountStates,
    sessionStates,
    familyStates,
  ],
  ...[tokenKeyStates, agentStates, agentKeyStates, identityTokenStates, keyStates],
  ...[
    secretStates,
    preferenceStates,
    secretRootStates,
    priceStates,
    walletStates,
    holdStates,
    transferStates,
  ],
  ...[freezeStates, controlStates, payerSessionStates, payerKeyStates, retirementStates, paymentStates],
  ...[brandStates, memberStates, mintJobStates, mintTokenStates, exportStates],
  ...[...MARKET_STATES, ...BOUNDARY_STATES],
  ...[ledgerKeyStates, epochStates, witnessStates, forkStates],
];

/** The states that are shown as they were at any entry. */
export const REPLAYABLE = {
  wallets: walletStates,
  holds: holdStates,
  keys: keyStates,
  operators: operatorStates,
};

/** One export and one deep verification at a time hold a connection each, and none of the requests' own. */
const READER_CONNECTIONS = 3;

/** The log as the API process serves it. Salts are read through a role of their own, which writes nothing. */
export async function openLog({ settings, keys, ...options }: OpenLogOptions): Promise<ServedLog> {
  const reader: Database = openDatabase({
    endpoint: settings.database,
    role: 'reader',
    password: keys.readerPassword,
    poolSize: READER_CONNECTIONS,
  });
  const ledger = await openLedger({ ...options, stagingMac: keys.stagingMac });
  const { store, staging } = ledger;
  const { db } = options;
  const macKey = macKeyOf(keys.stagingMac);
  return {
    ...ledger,
    handlers: {
      ...ledger.handlers,
      ...exportHandlers({ store, db, reader }),
      ...deepHandlers({ db, reader, staging, macKey, rederivers: REDERIVERS }),
      ...reportHandlers({ db, reader }),
      ...exploreHandlers({ db, replay: REPLAYABLE }),
    },
    stop: async () => {
      await ledger.stop();
      await reader.close();
    },
  };
}

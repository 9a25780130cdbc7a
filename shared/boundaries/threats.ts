import type { ControlId } from './controls.ts';
import type { AssetId, BoundaryId, GoalId } from './tiles.ts';

export interface AbusePath {
  readonly goal: GoalId;
  readonly asset: AssetId;
  /** What the attacker does, step by step, as far as the first control that must stop it. */
  readonly path: string;
  readonly stoppedBy: readonly ControlId[];
}

export interface BoundaryThreats {
  /** What comes across, from whom. */
  readonly crossing: string;
  readonly risks: readonly string[];
  readonly abuse: readonly AbusePath[];
}

export const THREATS: Readonly<Record<BoundaryId, BoundaryThreats>> = {
  'client-api': {
    crossing: 'Requests of strangers, agents, accounts and operators, all of them attacker-controlled.',
    risks: [
      'A credential is guessed, stolen, replayed or used beyond its family.',
      'Somebody acts as an agent, account or operator that is another’s.',
      'Traffic drowns the service or hides its sender.',
    ],
    abuse: [
      {
        goal: 'impersonate',
        asset: 'control',
        path: 'Record a signed admin request, and send it again, later, or with another body.',
        stoppedBy: ['single-signatures', 'fresh-signatures', 'signed-body', 'signed-mutations'],
      },
      {
        goal: 'impersonate',
        asset: 'control',
        path: 'Find a key or token of yesterday, or of another family, and call with it.',
        stoppedBy: ['known-keys', 'key-families', 'access-tokens', 'refresh-rotation', 'token-in-header'],
      },
      {
        goal: 'impersonate',
        asset: 'ownership',
        path: 'Open an account, and name the agents, keys and minting of others.',
        stoppedBy: ['own-agents', 'own-keys', 'resolver-reads'],
      },
      {
        goal: 'corrupt',
        asset: 'control',
        path: 'Reach the admin plane from a page, with a weak role, or without a token.',
        stoppedBy: ['admin-bearer', 'operator-roles', 'allowed-origins'],
      },
      {
        goal: 'impersonate',
        asset: 'control',
        path: 'Take over the page of an operator’s console, and leave it for the rest of the machine.',
        stoppedBy: ['confined-pages'],
      },
      {
        goal: 'drain',
        asset: 'money',
        path: 'Burst with a stolen key, from addresses that change with every request.',
        stoppedBy: ['key-rate', 'client-address'],
      },
    ],
  },
  'api-database': {
    crossing: 'Statements of each process under its own role: the books, identities and the log.',
    risks: [
      'Code that forgot a check moves money that is not there.',
      'A stolen role of the database rewrites what has happened.',
    ],
    abuse: [
      {
        goal: 'drain',
        asset: 'money',
        path: 'Spend more than a wallet holds, less than nothing, or from another’s wallet.',
        stoppedBy: [
          ...(['own-wallets', 'funds-first', 'positive-amounts', 'balance-floor'] as const),
          ...(['positive-holds', 'matched-postings'] as const),
        ],
      },
      {
        goal: 'corrupt',
        asset: 'control',
        path: 'Take over one process, and edit the log or read tables of another.',
        stoppedBy: ['staged-once', 'database-roles', 'verified-log'],
      },
    ],
  },
  'api-provider': {
    crossing: 'Generations of callers, with a provider’s secret and a bill.',
    risks: [
      'A generation that costs is billed at nothing.',
      'A provider’s secret goes to a host of the caller’s choice.',
    ],
    abuse: [
      {
        goal: 'drain',
        asset: 'money',
        path: 'Ask for a model before anybody has priced it.',
        stoppedBy: ['priced-models'],
      },
      {
        goal: 'corrupt',
        asset: 'control',
        path: 'Name a host of one’s own as the provider, and read the secret there.',
        stoppedBy: ['configured-providers'],
      },
    ],
  },
  'secret-persistence': {
    crossing: 'Keys, passwords, provider secrets and exports on their way to the disk and back.',
    risks: [
      'A copy of the database or of the disk is a set of working credentials.',
      'A link leaks what it opens, for ever.',
    ],
    abuse: [
      {
        goal: 'impersonate',
        asset: 'control',
        path: 'Copy a dump or the data directory, and use what is in it.',
        stoppedBy: ['hashed-keys', 'sealed-secrets', 'private-files'],
      },
      {
        goal: 'impersonate',
        asset: 'control',
        path: 'Copy an operator’s vault and guess its passphrase, or start the console with code of one’s own.',
        stoppedBy: ['kept-halves', 'shipped-fuses'],
      },
      {
        goal: 'drain',
        asset: 'money',
        path: 'Steal a session, and read the provider’s secret back by the API.',
        stoppedBy: ['unread-secrets', 'sealed-secrets'],
      },
      {
        goal: 'corrupt',
        asset: 'ownership',
        path: 'Find an old download link of an export of tokens.',
        stoppedBy: ['expiring-exports'],
      },
    ],
  },
};

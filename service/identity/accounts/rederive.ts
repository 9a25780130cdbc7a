import type { EventData } from '../../../shared/ledger/events.ts';
import { compareStates, type Rederiver, type ToldEntry, type ToldState } from '../../ledger/rederive.ts';
import { everyAccount } from './states.store.ts';

interface State {
  readonly role: string;
}

/** Accounts and their roles: whoever is made an admin by a row alone is found. Addresses and passwords are not in the log. */
export function accountStates(): Rederiver {
  const stored = new Map<string, State>();
  const told = new Map<string, ToldState<State>>();
  return {
    domain: 'accounts',
    tables: ['accounts'],
    open: async (tx) => {
      for await (const { id, role } of everyAccount(tx)) stored.set(id, { role });
    },
    take: ({ kind, number, data }: ToldEntry) => {
      if (kind === 'account.registered') {
        const { accountId, role } = data as EventData<'account.registered'>;
        told.set(accountId, { role, number });
      } else if (kind === 'account.role-changed') {
        const { accountId, to } = data as EventData<'account.role-changed'>;
        told.set(accountId, { role: to, number });
      }
    },
    compare: () => compareStates(stored, told),
  };
}

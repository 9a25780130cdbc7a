import type { EventData } from '../../shared/ledger/events.ts';
import { formatUnits } from '../../shared/money/units.ts';
import {
  compareStates,
  type Rederiver,
  type Rederivers,
  type ToldEntry,
  type ToldState,
} from '../ledger/rederive.ts';
import { claimStates, drawStates, flagStates, reviewStates } from './rederive-reviews.ts';
import { readRewards } from './rewards.store.ts';
import { readBountyStates } from './store.ts';

/** Bounties: how much each is worth and how far it is. */
function bountyStates(): Rederiver {
  interface State {
    readonly amount: string;
    readonly state: string;
  }
  const stored = new Map<string, State>();
  const told = new Map<string, ToldState<Partial<State>>>();
  const step = (id: string, number: number | null, state: Partial<State>): void => {
    told.set(id, { ...told.get(id), ...state, number });
  };
  return {
    domain: 'bounties',
    tables: ['bounties'],
    open: async (tx) => {
      for (const { id, units, state } of await readBountyStates(tx))
        stored.set(id, { amount: formatUnits(BigInt(units)), state });
    },
    take: ({ kind, number, data }: ToldEntry) => {
      const { bountyId } = data as { readonly bountyId?: string };
      if (bountyId === undefined) return;
      if (kind === 'bounty.posted') {
        const { amount } = data as EventData<'bounty.posted'>;
        step(bountyId, number, { amount, state: 'open' });
      } else if (kind === 'bounty.claimed') step(bountyId, number, { state: 'claimed' });
      else if (kind === 'claim.lapsed') step(bountyId, number, { state: 'open' });
      else if (kind === 'claim.submitted') step(bountyId, number, { state: 'submitted' });
      else if (kind === 'bounty.cancelled') step(bountyId, number, { state: 'cancelled' });
      else if (kind === 'claim.decided')
        step(bountyId, number, { state: (data as EventData<'claim.decided'>).outcome });
    },
    compare: () => compareStates<Partial<State>>(stored, told),
  };
}

/** Rewards: whose, how much, and by which transfer they were paid. */
function rewardStates(): Rederiver {
  interface State {
    readonly agentId: string;
    readonly amount: string;
    readonly state: string;
    readonly transferId: string | null;
  }
  const stored = new Map<string, State>();
  const told = new Map<string, ToldState<Partial<State>>>();
  return {
    domain: 'rewards',
    tables: ['rewards'],
    open: async (tx) => {
      for (const row of await readRewards(tx))
        stored.set(row.claim_id, {
          ...{ agentId: row.agent_id, amount: formatUnits(BigInt(row.units)), state: row.state },
          transferId: row.transfer_id,
        });
    },
    take: ({ kind, number, data }: ToldEntry) => {
      if (kind === 'reward.earned') {
        const { claimId, ...earned } = data as EventData<'reward.earned'>;
        told.set(claimId, { ...earned, transferId: null, number });
      } else if (kind === 'reward.released' || kind === 'reward.settled') {
        const { claimId, ...rest } = data as EventData<'reward.released'> | EventData<'reward.settled'>;
        const state = kind === 'reward.settled' ? 'settled' : 'claim_ready';
        told.set(claimId, { ...told.get(claimId), ...rest, state, number });
      }
    },
    compare: () => compareStates<Partial<State>>(stored, told),
  };
}

/** All that the log says of the market. */
export const MARKET_STATES: Rederivers = [
  ...[bountyStates, rewardStates, claimStates, reviewStates, drawStates, flagStates],
];

import type { EventData } from '../../../shared/ledger/events.ts';
import { compareStates, type Rederiver, type ToldEntry, type ToldState } from '../../ledger/rederive.ts';
import { readPayments } from './store.ts';

interface State {
  readonly taskId: string;
  readonly sessionId: string;
  readonly network: string;
  readonly asset: string;
  readonly amount: string;
  readonly payTo: string;
  readonly state: string;
  readonly signature: string | null;
  readonly transaction: string | null;
  readonly reason: string | null;
  readonly disputed: boolean;
}

/** What happened to a payment after it was written down; null for what is no step of one. */
function stepOf(kind: string, data: ToldEntry['data']): Partial<State> | null {
  if (kind === 'payer.payment-signed')
    return { state: 'SIGNED', signature: (data as EventData<'payer.payment-signed'>).signature };
  if (kind === 'payer.payment-settled') {
    const { transaction, amount } = data as EventData<'payer.payment-settled'>;
    return { state: 'SETTLED', transaction, amount };
  }
  if (kind === 'payer.payment-void')
    return { state: 'VOID', reason: (data as EventData<'payer.payment-void'>).reason };
  return kind === 'payer.settlement-disputed' ? { disputed: true } : null;
}

/** Payments of the payer: whom, how much, from which session, and what became of them. */
export function paymentStates(): Rederiver {
  const stored = new Map<string, State>();
  const told = new Map<string, ToldState<Partial<State>>>();
  return {
    domain: 'payments',
    tables: ['payer_payments'],
    open: async (tx) => {
      for await (const row of readPayments(tx))
        stored.set(row.id, {
          ...{ taskId: row.task_id, sessionId: row.session_id, network: row.network, asset: row.asset },
          ...{ amount: row.amount, payTo: row.pay_to, state: row.state, signature: row.signature },
          ...{ transaction: row.transaction, reason: row.ended_reason, disputed: row.disputed },
        });
    },
    take: ({ kind, number, data }: ToldEntry) => {
      if (kind === 'payer.payment-intended') {
        const { paymentId, ...intended } = data as EventData<'payer.payment-intended'>;
        const begun = { signature: null, transaction: null, reason: null, disputed: false };
        told.set(paymentId, { ...intended, ...begun, state: 'INTENDED', number });
        return;
      }
      const step = stepOf(kind, data);
      const { paymentId } = data as { readonly paymentId?: string };
      if (step && paymentId !== undefined) told.set(paymentId, { ...told.get(paymentId), ...step, number });
    },
    compare: () => compareStates<Partial<State>>(stored, told),
  };
}

import type { Payment } from '../../../shared/http/autonomy.ts';
import type { PaymentRow } from './store.ts';

export const toPayment = (row: PaymentRow): Payment => ({
  ...{ id: row.id, taskId: row.task_id, sessionId: row.session_id, state: row.state, host: row.host },
  ...{ network: row.network, asset: row.asset, decimals: row.decimals, amount: row.amount },
  ...{ payTo: row.pay_to, signature: row.signature, transaction: row.transaction },
  ...{ disputed: row.disputed, endedReason: row.ended_reason },
  createdAt: row.created_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
});

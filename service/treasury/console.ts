import { parseUnits } from '../../shared/money/units.ts';
import type { Handlers } from '../gate/context.ts';
import type { Done, Mutate } from '../identity/mutation.ts';
import { move } from './moves.ts';
import { toTransfer } from './rules.ts';
import { readTransfer } from './store.ts';

type ConsoleHandlers = Pick<Handlers, 'treasury.transfer' | 'treasury.grant'>;

/** What operators do to the books: transfers and grants, signed, entered like any other; nothing is ever edited. */
export const consoleHandlers = ({ mutate }: { readonly mutate: Mutate }): ConsoleHandlers => ({
  'treasury.transfer': ({ body: { from, to, amount, reason } }, ctx) =>
    mutate('treasury.transfer', ctx, async (tx, stage): Promise<Done<'treasury.transfer'>> => {
      const { transferId, entryId } = await move(tx, {
        ...{ kind: 'correction', from, to, units: parseUnits(amount), memo: reason },
        tell: (movement) => stage('transfer.corrected', { ...movement, reason }),
      });
      const transfer = toTransfer(await readTransfer(tx, transferId));
      return { subject: transferId, answer: { status: 201, body: { transfer, eventId: entryId } } };
    }),
  'treasury.grant': ({ body: { to: wallet, amount, reason } }, ctx) =>
    mutate('treasury.grant', ctx, async (tx, stage): Promise<Done<'treasury.grant'>> => {
      const units = parseUnits(amount);
      const way = units > 0n ? { from: 'issuance', to: wallet } : { from: wallet, to: 'issuance' };
      const { transferId, entryId } = await move(tx, {
        ...{ kind: 'admin_grant', ...way, units: units > 0n ? units : -units, memo: reason },
        tell: (movement) => stage('credits.granted', { ...movement, reason }),
      });
      const transfer = toTransfer(await readTransfer(tx, transferId));
      return { subject: transferId, answer: { status: 201, body: { transfer, eventId: entryId } } };
    }),
});

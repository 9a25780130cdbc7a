import type { Staging } from '../../ledger/staging.ts';
import { messageOf } from './message.ts';
import { insertDeliveries } from './store.ts';

/**
 * Staging that also puts into the outbox what is told outside, in the same transaction: what the log says happened is sent, and
 * nothing is sent that did not happen. The message has the id of its ledger entry.
 */
export const announcing = (staging: Staging, now: () => Date): Staging => ({
  async stage(tx, event) {
    const id = await staging.stage(tx, event);
    const at = now();
    const body = messageOf(id, event, at);
    if (body !== null) await insertDeliveries(tx, [{ event_id: id, kind: event.kind, at, body }]);
    return id;
  },
  async stageAll(tx, events) {
    const ids = await staging.stageAll(tx, events);
    const at = now();
    const rows = events.flatMap((event, index) => {
      const id = ids[index] ?? '';
      const body = messageOf(id, event, at);
      return body === null ? [] : [{ event_id: id, kind: event.kind, at, body }];
    });
    await insertDeliveries(tx, rows);
    return ids;
  },
});

import type { Tx } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import { actorOf, type Done, type Mutate } from '../identity/mutation.ts';
import {
  believedHead,
  comparableSize,
  forkId,
  forkOf,
  requireComparable,
  type SignedHead,
} from './fork-rules.ts';
import { headAt } from './proofs.ts';
import { insertFork, readSize } from './store.ts';
import { readTrust } from './trust.ts';

async function rootIn(tx: Tx, { size }: SignedHead, comparable: number): Promise<Buffer | null> {
  return size > comparable ? null : Buffer.from((await headAt(tx, size)).root, 'hex');
}

const dataOf = ({ size, root }: SignedHead) => ({ size, root: root.toString('hex') });

/** Another history of this log was seen. It is verified before it is believed, and the same two heads are told once. */
export const reportFork =
  (mutate: Mutate): Handlers['ledger.reportFork'] =>
  ({ body }, ctx) =>
    mutate('ledger.reportFork', ctx, async (tx, stage): Promise<Done<'ledger.reportFork'>> => {
      const trust = await readTrust(tx);
      const seen = believedHead(body.seen, trust, 'seen');
      const shown = believedHead(body.shown, trust, 'shown');
      requireComparable(seen, shown);
      const comparable = comparableSize(trust, seen.origin, await readSize(tx));
      const because = forkOf(seen, shown, {
        seen: await rootIn(tx, seen, comparable),
        shown: await rootIn(tx, shown, comparable),
      });
      const fork = forkId(seen, shown);
      const { origin } = seen;
      const isNew = await insertFork(tx, {
        ...{ fork, origin, seen_size: seen.size, seen_root: seen.root },
        ...{ shown_size: shown.size, shown_root: shown.root },
        ...{ reported_at: ctx.now(), reported_by: actorOf(ctx).id },
      });
      const data = {
        ...{ fork, origin, seen: dataOf(seen), shown: dataOf(shown), because },
        ...{ seenNote: seen.note, shownNote: shown.note },
      };
      const eventId = isNew ? await stage('ledger.fork-reported', data) : null;
      return { subject: fork, answer: { status: 200, body: { fork, because, eventId } } };
    });

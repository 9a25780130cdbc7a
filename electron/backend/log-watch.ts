import type { CheckpointView } from '../../shared/http/evidence.ts';
import type { HeadReport } from '../../shared/ipc/evidence.ts';
import { judgeHead, type SeenHead } from '../../shared/ledger/head-watch.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';
import { nativeCrypto } from '../evidence/native-crypto.ts';
import type { AdminClient } from './admin-client.ts';

/** The last head that was verified, where the console keeps it. */
export interface SeenHeads {
  get(): SeenHead | null;
  set(head: SeenHead): void;
}

interface Deps {
  readonly client: Pick<AdminClient, 'call'>;
  readonly seen: SeenHeads;
}

/**
 * Watches that the log only ever grows: every head that a page is shown was verified here, against the last one that was.
 * Looks come one after the other, so that an older answer never replaces a newer head.
 */
export function createLogWatch({ client, seen }: Deps) {
  async function proofFrom(last: SeenHead | null, newest: CheckpointView): Promise<readonly string[]> {
    if (!last || last.origin !== newest.origin || last.size >= newest.size) return [];
    const { body } = await client.call({
      route: 'ledger.consistency',
      query: { from: last.size, to: newest.size },
    });
    return (body as { proof: string[] }).proof;
  }

  async function look(): Promise<HeadReport> {
    const newest = (await client.call({ route: 'ledger.checkpoint' })).body as CheckpointView;
    const trust = (await client.call({ route: 'ledger.keys' })).body as TrustFile;
    const last = seen.get();
    const proof = await proofFrom(last, newest);
    const verdict = judgeHead(nativeCrypto, last, { note: newest.note, trust, proof });
    if (verdict.remember && !same(verdict.remember, last)) seen.set(verdict.remember);
    const { state, problem, head, keyIds, witnesses } = verdict;
    return {
      ...{ state, problem, head, signedAt: newest.signedAt },
      ...{ keyIds: [...keyIds], witnesses: [...witnesses] },
      last: last && { origin: last.origin, size: last.size, root: last.root },
    };
  }

  let looking: Promise<unknown> = Promise.resolve();
  return {
    head(): Promise<HeadReport> {
      const next = looking.then(look, look);
      looking = next.catch(() => undefined);
      return next;
    },
  };
}

const same = (a: SeenHead, b: SeenHead | null): boolean =>
  b !== null &&
  a.root === b.root &&
  a.size === b.size &&
  a.origin === b.origin &&
  a.keys.join() === b.keys.join();

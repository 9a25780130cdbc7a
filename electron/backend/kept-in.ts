import type { RouteId } from '../../shared/http/table.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { Fetch } from './solana-rpc.ts';

/** By these a service comes to tell somebody outside this machine. */
const OUTWARD: ReadonlySet<RouteId> = new Set<RouteId>(['webhook.set', 'webhook.test', 'webhook.retry']);

type Why = () => string | null;

/** Calls of a console that tells nobody outside: what would is refused before it is signed. */
export const keepCallsIn =
  <Asked extends { readonly route: RouteId }, Answer>(why: Why, call: (asked: Asked) => Promise<Answer>) =>
  async (asked: Asked): Promise<Answer> => {
    const reason = OUTWARD.has(asked.route) ? why() : null;
    if (reason !== null) throw new Refusal('not-available', reason);
    return call(asked);
  };

/** What main itself fetches from other hosts; nothing, where there is a reason. */
export const keepFetchIn =
  (why: Why, open: Fetch = fetch): Fetch =>
  async (...asked) => {
    const reason = why();
    if (reason !== null) throw new Refusal('not-available', reason);
    return open(...asked);
  };

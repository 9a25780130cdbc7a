import type { Handlers } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import type { Feed } from './feed.ts';
import { LedgerError } from './ledger-error.ts';
import type { LedgerStore } from './store.ts';
import { serveStream } from './stream.ts';

export interface LedgerHandlerDeps {
  readonly store: Pick<LedgerStore, 'page'>;
  readonly feed: Feed;
}

export function ledgerHandlers({
  store,
  feed,
}: LedgerHandlerDeps): Pick<Handlers, 'ledger.list' | 'events.stream'> {
  return {
    'ledger.list': async ({ query }) => {
      try {
        return { status: 200, body: await store.page(query) };
      } catch (error) {
        if (!(error instanceof LedgerError) || error.code !== 'cursor-invalid') throw error;
        throw new HttpError('bad_request', error.message, { cause: error });
      }
    },
    'events.stream': ({ query }, ctx, io) => serveStream(feed, io, () => ctx.now(), query.after),
  };
}

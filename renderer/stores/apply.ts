import type { Pushed } from '../../shared/ipc/stream.ts';
import type { LedgerEntry } from '../../shared/ledger/entry.ts';
import type { Stores } from './stores.tsx';

type Other = Exclude<Pushed, { type: 'entry' }>;

function applyOther(stores: Stores, item: Other, now: number): void {
  switch (item.type) {
    case 'bootstrap':
      stores.live.bootstrap(item.head, item.next);
      break;
    case 'skipped':
      stores.live.skip(item);
      break;
    case 'stream':
      stores.live.setStream({
        state: item.state,
        retryAt: item.retryInMs === null ? null : now + item.retryInMs,
      });
      break;
    case 'service':
      stores.service.set(item.status, now);
      break;
    case 'connection':
      stores.connection.set(item.status, now);
      break;
    case 'vault':
      stores.vault.set(item.status, now);
      break;
    case 'place':
      stores.ui.followPlace(item.place);
      break;
    case 'notice':
      stores.notices.add(item.level, item.text, Date.parse(item.at));
      break;
  }
}

/** Applies one batch of the stream: runs of entries as one change each, everything in the order it was said. */
export function applyPushed(stores: Stores, items: readonly Pushed[], now: number): void {
  let run: LedgerEntry[] = [];
  const flush = (): void => {
    if (run.length > 0) stores.live.append(run, now);
    run = [];
  };
  for (const item of items) {
    if (item.type === 'entry') {
      run.push(item.entry);
      continue;
    }
    flush();
    applyOther(stores, item, now);
  }
  flush();
}

import { STREAM_EVENT, type StreamBootstrap } from '../../shared/http/ledger.ts';
import type { LedgerEntry, LedgerHead } from '../../shared/ledger/entry.ts';
import type { StreamIo, StreamWriter } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import type { Feed } from './feed.ts';

/** SPEC 10: so often a silent stream shows that it lives. */
const COMMENT_MS = 15_000;

const LAST_EVENT_ID = /^(-1|\d{1,15})$/;

/** JSON has no line break of its own, so one `data:` line holds it (WHATWG HTML, 9.2.6). */
const message = (event: string, id: number, data: unknown): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

const entryMessage = (entry: LedgerEntry): string => message(STREAM_EVENT.entry, entry.number ?? -1, entry);

/**
 * The first number that the client lacks: after the last id it saw, or from now on.
 * @throws HttpError when the id is not one of this stream
 */
function resumeAt(
  header: string | string[] | undefined,
  after: string | undefined,
  head: LedgerHead,
): number {
  // A browser that reconnects by itself sends the header with the old address: the header is newer.
  const said = header === undefined || header === '' ? after : header;
  if (said === undefined || said === '') return head.size;
  const text = Array.isArray(said) ? '' : said;
  if (!LAST_EVENT_ID.test(text))
    throw new HttpError('bad_request', 'Last-Event-ID is not an id of this stream');
  // Beyond the head: the log was restored to an older state. The bootstrap shows it; the client asks for the rest.
  return Math.min(Number(text) + 1, head.size);
}

async function send(out: StreamWriter, text: string): Promise<void> {
  if (!out.write(text)) await out.drained();
}

/**
 * One event stream: `bootstrap`, then every integrated entry in order. It keeps a place, not a queue: a slow client is
 * simply further behind, and reads what it missed from the database.
 */
export async function serveStream(feed: Feed, io: StreamIo, now: () => Date, after?: string): Promise<void> {
  const head = await feed.head();
  let next = resumeAt(io.headers['last-event-id'], after, head);
  const out = io.open();
  const bootstrap: StreamBootstrap = { head, next, at: now().toISOString() };
  // Its id is the last entry before it, so that a client that reconnects before the first entry misses nothing.
  await send(out, message(STREAM_EVENT.bootstrap, next - 1, bootstrap));
  let quietSince = Date.now();
  while (!io.closed.aborted) {
    const entries = await feed.read(next);
    if (entries.length > 0) {
      await send(out, entries.map(entryMessage).join(''));
      next += entries.length;
      quietSince = Date.now();
      continue;
    }
    const untilComment = quietSince + COMMENT_MS - Date.now();
    if (untilComment <= 0) {
      await send(out, ': still here\n\n');
      quietSince = Date.now();
    } else {
      await feed.changed(next, untilComment, io.closed);
    }
  }
}

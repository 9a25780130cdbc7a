import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import type { StreamIo } from '../../service/gate/context.ts';
import { type Feed, openFeed } from '../../service/ledger/feed.ts';
import { integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { macKeyOf } from '../../service/ledger/mac.ts';
import { createLedgerStore } from '../../service/ledger/store.ts';
import { serveStream } from '../../service/ledger/stream.ts';
import { ledgerEntry } from '../../shared/ledger/entry.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { integratorDeps, silent, stageMany, stagingFor } from '../fixtures/ledger.ts';

let cluster: TestCluster;
let api: Database;
let integrator: Database;
let feed: Feed;
const open = new Set<TestClient>();

const openTestFeed = () =>
  openFeed({ db: api, store: createLedgerStore(api, macKeyOf(cluster.keys.stagingMac)), log: silent });

beforeAll(async () => {
  cluster = await startTestCluster();
  api = cluster.open('api');
  integrator = cluster.open('integrator');
});
beforeEach(async () => {
  await cluster.reset();
  feed = await openTestFeed();
});
afterEach(async () => {
  for (const client of open) await client.leave();
  open.clear();
  await feed.stop();
});
afterAll(() => cluster.stop());

async function write(count: number): Promise<void> {
  await stageMany(api, stagingFor(cluster), count);
  await transact(integrator, (tx) => integrateBatch(tx, integratorDeps(cluster)));
}

interface Received {
  readonly event: string;
  readonly id: number;
  readonly data: { readonly [name: string]: unknown };
}

/** A client of the stream; `pause` makes it read nothing until `resume`. */
class TestClient {
  readonly #leaving = new AbortController();
  readonly finished: Promise<void>;
  text = '';
  writes = 0;
  #paused: { promise: Promise<void>; resolve: () => void } | undefined;

  constructor(lastEventId?: string, after?: string) {
    const io: StreamIo = {
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
      closed: this.#leaving.signal,
      open: () => ({
        write: (text) => {
          this.text += text;
          this.writes += 1;
          return this.#paused === undefined;
        },
        drained: () => this.#paused?.promise ?? Promise.resolve(),
      }),
    };
    this.finished = serveStream(feed, io, () => new Date(), after);
    open.add(this);
  }

  pause(): void {
    let resolve: () => void = () => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.#paused = { promise, resolve };
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  async leave(): Promise<void> {
    this.#leaving.abort();
    this.resume();
    await this.finished.catch(() => undefined);
  }

  get received(): Received[] {
    return this.text
      .split('\n\n')
      .filter((block) => block.startsWith('event: '))
      .map((block) => {
        const [event, id, data] = block.split('\n').map((line) => line.slice(line.indexOf(': ') + 2));
        return { event: event ?? '', id: Number(id), data: JSON.parse(data ?? '') };
      });
  }

  get numbers(): number[] {
    return this.received.filter(({ event }) => event === 'entry').map(({ id }) => id);
  }

  until(count: number): Promise<void> {
    return vi.waitFor(() => expect(this.numbers).toHaveLength(count), { timeout: 5000, interval: 5 });
  }
}

const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('the event stream', () => {
  it('begins with the head and carries every entry after it', async () => {
    await write(3);
    const client = new TestClient();
    await vi.waitFor(() => expect(client.received).toHaveLength(1));
    expect(client.received[0]).toMatchObject({
      event: 'bootstrap',
      id: 2,
      data: { next: 3, head: { size: 3 } },
    });
    await write(2);
    await client.until(2);
    expect(client.numbers).toEqual([3, 4]);
    for (const { event, id, data } of client.received) {
      if (event === 'entry')
        expect(ledgerEntry.parse(data)).toMatchObject({ number: id, state: 'integrated' });
    }
  });

  it('shows no entry that is only staged', async () => {
    const client = new TestClient();
    await stageMany(api, stagingFor(cluster), 2);
    await write(1);
    await client.until(3);
    expect(client.received.every(({ data }) => data.state !== 'pending')).toBe(true);
  });

  it('resumes after the number of the address, unless a header says a later one', async () => {
    await write(5);
    const asked = new TestClient(undefined, '1');
    await asked.until(3);
    expect(asked.numbers).toEqual([2, 3, 4]);
    const reconnected = new TestClient('3', '1');
    await reconnected.until(1);
    expect(reconnected.numbers).toEqual([4]);
    await expect(new TestClient(undefined, '1e3').finished).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('resumes after the last id with no gap and no duplicate, also with another process', async () => {
    await write(5);
    const first = new TestClient('-1');
    await first.until(5);
    await first.leave();
    await write(4);
    await feed.stop();
    feed = await openTestFeed();
    const second = new TestClient(String(first.numbers.at(-1)));
    await second.until(4);
    await write(1);
    await second.until(5);
    expect([...first.numbers, ...second.numbers]).toEqual(upTo(0, 10));
  });

  it('resumes from the bootstrap when no entry came before the connection broke', async () => {
    const first = new TestClient();
    await vi.waitFor(() => expect(first.received).toHaveLength(1));
    await first.leave();
    await write(2);
    const second = new TestClient(String(first.received[0]?.id));
    await second.until(2);
    expect(second.numbers).toEqual([0, 1]);
  });

  it('keeps no queue for a slow client: it catches up from the database', async () => {
    const slow = new TestClient();
    await vi.waitFor(() => expect(slow.received).toHaveLength(1));
    slow.pause();
    for (let i = 0; i < 4; i += 1) await write(400);
    const writesWhilePaused = slow.writes;
    expect(writesWhilePaused).toBeLessThanOrEqual(2);
    slow.resume();
    await slow.until(1600);
    expect(slow.numbers).toEqual(upTo(0, 1600));
  });

  it('ends when its token is withdrawn or the client leaves, also while it waits', async () => {
    const waiting = new TestClient();
    const stuck = new TestClient();
    await vi.waitFor(() => expect(stuck.received).toHaveLength(1));
    stuck.pause();
    await write(1);
    await waiting.leave();
    await stuck.leave();
    await expect(Promise.all([waiting.finished, stuck.finished])).resolves.toHaveLength(2);
  });

  it.each(['x', '-2', '1.5', '1e3', '9999999999999999'])(
    'refuses the Last-Event-ID %s before it opens',
    async (id) => {
      const client = new TestClient(id);
      await expect(client.finished).rejects.toMatchObject({ code: 'bad_request' });
      expect(client.text).toBe('');
    },
  );

  it('starts at the head for an id beyond it: the log is shorter than the client believes', async () => {
    await write(2);
    const client = new TestClient('50');
    await vi.waitFor(() => expect(client.received).toHaveLength(1));
    expect(client.received[0]?.data).toMatchObject({ next: 2 });
  });
});

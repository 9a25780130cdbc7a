import { createParser } from 'eventsource-parser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { enrolOperator, mutate, readLedger, ServiceBench, type TestAccess } from '../fixtures/service.ts';

/** The requirement is 500 resumes, 100,000 events and 10 kills; `npm test` runs a short version of it. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const RESUMES = Number(process.env.SALLYPORT_STREAM_RESUMES ?? (FULL ? 500 : 8));
const EVENTS = Number(process.env.SALLYPORT_STREAM_EVENTS ?? (FULL ? 100_000 : 120));
const KILLS = Number(process.env.SALLYPORT_STREAM_KILLS ?? (FULL ? 10 : 1));
const PATIENCE_MS = Math.max(150_000, EVENTS * 60);
/** Reading the whole log at the end takes its time too. */
const CATCH_UP_MS = Math.max(30_000, EVENTS * 6);

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

/** One client that keeps what it saw, is cut off again and again, and comes back with the last id it has. */
class Follower {
  readonly numbers: number[] = [];
  readonly #access: TestAccess;
  readonly #leaving = new AbortController();
  #cut: AbortController | undefined;
  resumes = 0;

  constructor(access: TestAccess) {
    this.#access = access;
  }

  async follow(): Promise<void> {
    while (!this.#leaving.signal.aborted) await this.#once().catch(() => undefined);
  }

  /** As if the client's process were killed: nothing that was on its way arrives. */
  cut(): void {
    this.#cut?.abort();
  }

  leave(): void {
    this.#leaving.abort();
    this.cut();
  }

  async #once(): Promise<void> {
    const cut = new AbortController();
    this.#cut = cut;
    const { api, token } = this.#access;
    const answer = await fetch(`${api}/api/events/stream`, {
      headers: { authorization: `Bearer ${token}`, 'last-event-id': String(this.numbers.at(-1) ?? -1) },
      signal: cut.signal,
    });
    if (!answer.ok || !answer.body) throw new Error(`the stream answered ${answer.status}`);
    this.resumes += 1;
    const parser = createParser({
      onEvent: ({ event, id }) => {
        if (event === 'entry' && !cut.signal.aborted) this.numbers.push(Number(id));
      },
    });
    const decoder = new TextDecoder();
    for await (const chunk of answer.body) parser.feed(decoder.decode(chunk, { stream: true }));
  }
}

describe(`a client that is cut off ${RESUMES} times during ${EVENTS} events, with ${KILLS} kills of the service`, () => {
  it('sees every event exactly once and in order', { timeout: PATIENCE_MS }, async () => {
    const service = bench.start();
    const access = await enrolOperator(service);
    const follower = new Follower(access);
    const following = follower.follow();
    let acknowledged = 0;
    let [cuts, kills] = [0, 0];
    const write = async () => {
      while (acknowledged < EVENTS) {
        const answer = await mutate(access, 'keys.create', { label: 'k' }).catch(() => undefined);
        if (answer?.status !== 201) continue;
        acknowledged += 1;
        if (acknowledged >= ((cuts + 1) * EVENTS) / (RESUMES + 1) && cuts < RESUMES) {
          cuts += 1;
          follower.cut();
        }
        if (acknowledged >= ((kills + 1) * EVENTS) / (KILLS + 1) && kills < KILLS) {
          kills += 1;
          process.kill(service.pidOf(kills % 2 === 1 ? 'api' : 'integrator'), 'SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: 4 }, write));
    const entries = await vi.waitFor(() => readLedger(access), { timeout: CATCH_UP_MS, interval: 200 });
    await vi.waitFor(() => expect(follower.numbers.length).toBeGreaterThanOrEqual(entries.length), {
      timeout: CATCH_UP_MS,
      interval: 50,
    });
    follower.leave();
    await following;
    expect(entries.length).toBeGreaterThanOrEqual(EVENTS);
    expect(follower.numbers).toEqual(Array.from({ length: follower.numbers.length }, (_, i) => i));
    expect(follower.resumes).toBeGreaterThan(RESUMES / 2);
    expect({ cuts, kills }).toEqual({ cuts: RESUMES, kills: KILLS });
  });
});

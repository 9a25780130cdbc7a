import { z } from 'zod';
import { type Caller, onlyOnce } from './caller.ts';
import type { People } from './people.ts';
import type { Tally } from './tally.ts';

const brand = z.object({ brand: z.object({ id: z.string() }) });
const job = z.object({ job: z.object({ id: z.string(), state: z.string() }) });
const exported = z.object({ export: z.object({ id: z.string(), state: z.string() }) });
const link = z.object({ url: z.string() });
const row = z.object({ code: z.string() });

const BRANDS = ['Harbour Goods', 'Northwind Tea'] as const;
const PRODUCTS = ['Rain jacket', 'Tea tin', 'Field lamp'] as const;
const ACTIVATIONS = ['first_scan', 'none', 'manual'] as const;

/** Small batches and few of them: a simulation that runs for days must not fill a disk. */
const BATCH = 60;
const MOST_BATCHES = 3;
/** Codes that scanners may look at. */
const MOST_CODES = 500;

/** Where a brand stands: what its owner asks for next. */
interface Works {
  brandId: string | null;
  batches: number;
  batchName: string;
  jobId: string | null;
  exportId: string | null;
}

export interface MintDeps {
  readonly ask: Caller;
  readonly people: Pick<People, 'known' | 'loseSession' | 'run'>;
  readonly tally: Tally;
}

const codesOf = (file: unknown): string[] =>
  typeof file !== 'string'
    ? []
    : file.split('\n').flatMap((line) => {
        if (!line.includes('"code"')) return [];
        const found = row.safeParse(JSON.parse(line));
        return found.success ? [found.data.code] : [];
      });

/** Owners of brands: each orders a batch, waits for it, exports it, and goes on with the next. */
export class Minting {
  readonly #deps: MintDeps;
  readonly #busy = new Set<number>();
  readonly #works = new Map<number, Works>();
  /** Codes of what was minted, for those who scan. */
  readonly codes: string[] = [];

  constructor(deps: MintDeps) {
    this.#deps = deps;
  }

  /** The next step of this owner's batch. */
  async turn(person: number): Promise<void> {
    // One request for a thing: a second one before the answer would be a second brand.
    if (this.#busy.has(person)) return;
    this.#busy.add(person);
    await this.#next(person).finally(() => this.#busy.delete(person));
  }

  async #next(person: number): Promise<void> {
    const session = this.#deps.people.known(person)?.session;
    if (!session) return;
    const works = this.#works.get(person) ?? {
      ...{ brandId: null, batches: 0, batchName: '', jobId: null, exportId: null },
    };
    this.#works.set(person, works);
    if (!works.brandId) return this.#found(person, session, works);
    if (works.exportId) return this.#fetch(person, session, works, works.exportId);
    if (works.jobId) return this.#await(person, session, works, works.brandId, works.jobId);
    if (works.batches < MOST_BATCHES) return this.#order(person, session, works, works.brandId);
  }

  async #ask(...asked: Parameters<Caller>) {
    const reply = await this.#deps.ask(...asked);
    // An operator ended the session at the console, or somebody replayed its refresh token.
    if (reply.status === 401) this.#deps.people.loseSession(asked[0]);
    return reply;
  }

  async #found(person: number, session: string, works: Works): Promise<void> {
    const name = `${BRANDS[person % BRANDS.length]} ${this.#deps.people.run}-${person}`;
    const { body } = await this.#ask(person, '/api/v1/minting/brands', session, { name }, onlyOnce());
    works.brandId = brand.safeParse(body).data?.brand.id ?? null;
    if (works.brandId) this.#deps.tally.played.brands += 1;
  }

  async #order(person: number, session: string, works: Works, brandId: string): Promise<void> {
    const turn = works.batches;
    const batchName = `${PRODUCTS[turn % PRODUCTS.length]} ${turn + 1}`;
    const order = {
      ...{ brandId, batchName, quantity: BATCH, serialPattern: 'S-{n:6}' },
      activation: ACTIVATIONS[turn % ACTIVATIONS.length],
      product: { name: PRODUCTS[turn % PRODUCTS.length] },
    };
    const { body } = await this.#ask(person, '/api/v1/minting/jobs', session, order, onlyOnce());
    const ordered = job.safeParse(body).data?.job;
    if (!ordered) return;
    Object.assign(works, { jobId: ordered.id, batchName, batches: turn + 1 });
    this.#deps.tally.played.mintJobs += 1;
  }

  /** Once the workers are through, it wants the codes. */
  async #await(person: number, session: string, works: Works, brandId: string, jobId: string): Promise<void> {
    const seen = await this.#ask(person, `/api/v1/minting/jobs/${jobId}`, session, null);
    const state = job.safeParse(seen.body).data?.job.state;
    if (state === 'failed' || state === 'cancelled') works.jobId = null;
    if (state !== 'completed') return;
    const order = { brandId, jobId, format: 'jsonl' };
    const { body } = await this.#ask(person, '/api/v1/minting/exports', session, order, onlyOnce());
    works.exportId = exported.safeParse(body).data?.export.id ?? null;
  }

  async #fetch(person: number, session: string, works: Works, exportId: string): Promise<void> {
    const path = `/api/v1/minting/exports/${exportId}`;
    const seen = await this.#ask(person, path, session, null);
    const state = exported.safeParse(seen.body).data?.export.state;
    if (state === 'failed') Object.assign(works, { jobId: null, exportId: null });
    if (state !== 'ready') return;
    const { batchName } = works;
    const issued = await this.#ask(person, `${path}/link`, session, { batchName }, onlyOnce());
    const url = link.safeParse(issued.body).data?.url;
    if (!url) return;
    const file = await this.#ask(person, url, null, null);
    if (file.status !== 200) return;
    this.codes.push(...codesOf(file.body).slice(0, MOST_CODES - this.codes.length));
    Object.assign(works, { jobId: null, exportId: null });
    this.#deps.tally.played.exports += 1;
  }
}

import type { ExportProblem } from '../../../shared/http/mint-exports.ts';
import type { EventData, EventKind } from '../../../shared/ledger/events.ts';
import { type Tx, transact } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import { ExportError, type ExportErrorCode } from './export-error.ts';
import { type MadeFile, type MakeParts, makeObject } from './make.ts';
import { pauseAfter } from './rules.ts';
import { objectName } from './storage/storage.ts';
import {
  claimExport,
  type ExportRow,
  failExport,
  finishExport,
  noteProgress,
  returnExport,
} from './store.ts';

export interface MakerParts extends MakeParts {
  readonly staging: Staging;
  /** Names this instance in a lease. */
  readonly owner: string;
}

/** What no second attempt mends. */
const HOPELESS: Partial<Record<ExportErrorCode, Exclude<ExportProblem, 'storage'>>> = {
  incomplete: 'incomplete',
  unreadable: 'unreadable',
};

const namesOf = (row: ExportRow) => ({ exportId: row.id, brandId: row.brand_id, jobId: row.job_id });

/**
 * Makes exports one after the other, under a lease with a fencing token: each attempt writes an object of its own name, and only
 * the attempt that still holds the lease may say that its object is the export. An instance that dies leaves a lease that
 * ends; one that is stopped gives its export back.
 */
export class ExportMaker {
  readonly #parts: MakerParts;
  #stopped = false;

  constructor(parts: MakerParts) {
    this.#parts = parts;
  }

  /** What is being made is given up at its next batch. */
  stop(): void {
    this.#stopped = true;
  }

  /** Makes what waits until nothing does. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      const row = await claimExport(this.#parts.db, this.#parts.owner);
      if (!row) return;
      await this.#make(row);
    }
  }

  async #make(row: ExportRow): Promise<void> {
    const name = objectName(row.id, row.fence);
    try {
      await this.#sweep(row);
      const made = await makeObject(this.#parts, row, name, (rows) => this.#progress(row, rows));
      await this.#finish(row, name, made);
    } catch (error) {
      // A commit that was not heard of may have made this object the export: then nobody comes for it again.
      if (error instanceof ExportError) await this.#parts.storage.remove(name).catch(() => undefined);
      await this.#giveUp(row, error);
    }
  }

  /** What earlier attempts left behind when they died. */
  async #sweep({ id, fence }: ExportRow): Promise<void> {
    for (let former = 1n; former < BigInt(fence); former += 1n)
      await this.#parts.storage.remove(objectName(id, String(former)));
  }

  async #progress(row: ExportRow, rows: number): Promise<void> {
    if (this.#stopped) throw new ExportError('stopped', 'the service stops');
    if (!(await noteProgress(this.#parts.db.kysely, row, rows)))
      throw new ExportError('lease-lost', `${row.id} is made by another instance`);
  }

  async #finish(row: ExportRow, object: string, { bytes, sha256 }: MadeFile): Promise<void> {
    await transact(this.#parts.db, async (tx) => {
      const held = await finishExport(tx, row, { object, bytes, sha256, at: this.#parts.now() });
      if (!held) throw new ExportError('lease-lost', `${row.id} is made by another instance`);
      await this.#stage(tx, 'mint.export-completed', {
        ...{ ...namesOf(row), format: row.format, rows: row.rows, bytes },
        sha256: sha256.toString('hex'),
      });
    });
  }

  async #giveUp(row: ExportRow, error: unknown): Promise<void> {
    const { db, now } = this.#parts;
    const code = error instanceof ExportError ? error.code : null;
    if (code === 'lease-lost') return;
    const reason = code === null ? undefined : HOPELESS[code];
    if (reason !== undefined)
      await transact(db, async (tx) => {
        if (!(await failExport(tx, row, reason, now()))) return;
        await this.#stage(tx, 'mint.export-failed', { ...namesOf(row), reason });
      });
    else if (code === 'stopped') await returnExport(db.kysely, row, null, 0);
    else if (code !== null) await returnExport(db.kysely, row, 'storage', pauseAfter(row.attempts));
    // A database that was away, or a defect: the lease ends by itself, and the job's log says what it was.
    else throw error;
  }

  #stage<K extends EventKind>(tx: Tx, kind: K, data: EventData<K>): Promise<string> {
    const actor = { type: 'system', id: 'mint-exports', name: null } as const;
    return this.#parts.staging.stage(tx, { kind, data, actor, agent: null, requestId: null });
  }
}

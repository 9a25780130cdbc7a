import { open, rm } from 'node:fs/promises';
import type { MirrorStatus } from '../../shared/ipc/evidence.ts';
import { manifest } from '../../shared/ledger/bundle/format.ts';
import { FIRST_LINE_BYTES } from '../../shared/ledger/bundle/head-in.ts';
import type { VerifyReport } from '../../shared/ledger/bundle/verify.ts';
import { EvidenceError } from '../../shared/ledger/evidence-error.ts';
import { TILE_WIDTH } from '../../shared/ledger/tiles.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';
import { MirrorFolder } from '../evidence/mirror-folder.ts';
import type { JudgeJob } from '../evidence/protocol.ts';
import { beginningOf } from '../evidence/read-file.ts';
import { headOfNote, type Relation, relate } from '../evidence/relation.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { OpenedExport } from './export-connection.ts';
import { writeAll } from './exports.ts';
import { type TellFork, sentenceOf as toldSentence } from './fork-report.ts';

/** So many numbers go into one file: an interruption costs no more than one of them. */
const MOST_NUMBERS = 256 * TILE_WIDTH;
/** Fewer entries than a tile wait so long, so that a quiet log does not fill the folder with short files. */
const WAIT_MS = 600_000;
const TITLE = 'Folder off this host that the ledger is mirrored to';

interface SeenNote {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly note: string;
}

interface Deps {
  readonly folder: () => string | null;
  readonly remember: (folder: string | null) => void;
  readonly chooseFolder: (title: string) => Promise<string | null>;
  /** What the vault verified last, and the service's keys as far as they are believed. */
  readonly verified: () => Promise<{
    readonly head: SeenNote;
    readonly trust: TrustFile;
    readonly isAlarmed: boolean;
  }>;
  readonly proof: (from: number, to: number) => Promise<readonly string[]>;
  readonly open: (
    range: { readonly first: number; readonly end: number },
    signal: AbortSignal,
  ) => Promise<OpenedExport>;
  /** Judges a file in a thread of its own. @throws Refusal when nothing could be judged */
  readonly judge: (job: JudgeJob, signal: AbortSignal) => Promise<VerifyReport>;
  /** A person must hear of it on whichever page is open. */
  readonly alarm: (text: string) => void;
  readonly tellFork: TellFork;
  readonly now: () => Date;
}

interface Asked {
  readonly first: number;
  readonly end: number;
  readonly origin: string;
}

const refuse = (message: string): Refusal => new Refusal('request-failed', message);

const SENTENCES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk of the mirror is full. Free some space.',
  ENOENT: 'The folder of the mirror is not there. Connect its disk, or choose another folder.',
  EACCES: 'The folder of the mirror cannot be written. Choose another.',
  EPERM: 'The folder of the mirror cannot be written. Choose another.',
  EROFS: 'The disk of the mirror cannot be written. Choose another folder.',
};
const sentenceOf = (error: unknown): string => {
  if (error instanceof Refusal) return error.message;
  if (error instanceof EvidenceError)
    return 'The chain of heads in the mirror cannot be read. Keep it, and choose another folder.';
  return SENTENCES[String((error as { code?: unknown }).code)] ?? 'The mirror broke off. It is tried again.';
};

async function pour({ body }: OpenedExport, path: string, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of body) {
      signal.throwIfAborted();
      await writeAll(file, chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

const noteOf = async (bundle: string): Promise<string> => {
  const text = await beginningOf(bundle, FIRST_LINE_BYTES);
  return manifest.parse(JSON.parse(text.slice(0, text.indexOf('\n')))).checkpoint;
};

/** Nothing but the whole stretch that was asked for, proven by a believed key, is kept. */
function stretchIn(report: VerifyReport, asked: Asked) {
  const { verdict, problem, range, complete, withheld, origin } = report;
  if (verdict !== 'verified' || !range)
    throw refuse(`What the service sent does not verify: ${problem?.message ?? verdict}. It was not kept.`);
  // Which origins are epochs of this log is the service's word; each has a folder and a chain of its own.
  if (origin !== asked.origin) throw refuse('What the service sent is of another log. It was not kept.');
  if (!complete || withheld > 0 || range.first > asked.first || range.end < asked.end)
    throw refuse('The service sent less than it was asked for. It was not kept.');
  return range;
}

/**
 * Writes the log to a folder off the host: bundles of the entries and the chain of the heads. Everything is verified before it takes its
 * name, against keys and a head that the vault believes, so a service that rewrites its past finds no place in the mirror.
 */
export class Mirror {
  readonly #deps: Deps;
  #told: Omit<MirrorStatus, 'folder'> = { state: 'waiting', reach: 0, size: 0, at: null, message: null };
  #running: AbortController | null = null;
  /** The end of the run before: two at once would take each other's draft, and write one chain from two sides. */
  #ended: Promise<unknown> = Promise.resolve();
  #wroteAt: number | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  readonly status = (): MirrorStatus => {
    const folder = this.#deps.folder();
    return folder === null
      ? { state: 'off', folder, reach: 0, size: 0, at: null, message: null }
      : { ...this.#told, folder };
  };

  readonly choose = async (): Promise<MirrorStatus> => {
    const folder = await this.#deps.chooseFolder(TITLE);
    if (folder === null) return this.status();
    this.forget();
    this.#deps.remember(folder);
    return this.now();
  };

  readonly now = (): MirrorStatus => {
    void this.round(true);
    return this.status();
  };

  readonly stop = (): MirrorStatus => {
    this.forget();
    this.#deps.remember(null);
    return this.status();
  };

  /** At a lock: nothing runs on. The folder is remembered, and what it holds says where to go on. */
  readonly forget = (): void => {
    this.#running?.abort();
    this.#running = null;
    this.#wroteAt = null;
    this.#told = { state: 'waiting', reach: 0, size: 0, at: null, message: null };
  };

  /** Brings what is new. @param isWanted also what is little */
  readonly round = async (isWanted = false): Promise<void> => {
    const folder = this.#deps.folder();
    if (folder === null || this.#running) return;
    const run = new AbortController();
    this.#running = run;
    this.#say(run, { state: 'running' });
    try {
      const bringing = this.#ended.then(() => this.#bring(folder, isWanted, run));
      this.#ended = bringing.catch(() => undefined);
      await bringing;
      this.#say(run, { state: 'waiting', at: this.#deps.now().toISOString(), message: null });
    } catch (error) {
      this.#say(run, { state: 'failed', message: sentenceOf(error) });
    } finally {
      if (this.#running === run) this.#running = null;
    }
  };

  #say(run: AbortController, change: Partial<MirrorStatus>): void {
    if (this.#running === run) this.#told = { ...this.#told, ...change };
  }

  async #bring(folder: string, isWanted: boolean, run: AbortController): Promise<void> {
    run.signal.throwIfAborted();
    const { head, trust, isAlarmed } = await this.#deps.verified();
    if (isAlarmed) throw refuse('An alarm of the log stands. Decide about it first.');
    const place = await MirrorFolder.open(folder, head.origin);
    const isDue = (): boolean => {
      const waited = this.#wroteAt === null || this.#deps.now().getTime() - this.#wroteAt >= WAIT_MS;
      return head.size - place.reach >= TILE_WIDTH || (head.size > place.reach && (isWanted || waited));
    };
    await this.#follow(place, head, run.signal);
    this.#say(run, { reach: place.reach, size: headOfNote(place.last?.note ?? head.note).size });
    while (isDue()) {
      const end = Math.min(place.reach + MOST_NUMBERS, head.size);
      await this.#extend(place, { first: place.reach, end, origin: head.origin }, trust, run.signal);
      this.#wroteAt = this.#deps.now().getTime();
      this.#say(run, { reach: place.reach });
    }
  }

  /** @returns how the head before stands to this one. The next link of the chain, unless the mirror has this head or a later one of the same log. */
  async #follow(place: MirrorFolder, head: SeenNote, signal: AbortSignal): Promise<Relation> {
    signal.throwIfAborted();
    if (!place.last) {
      await place.append({ note: head.note, proof: [] });
      return 'older';
    }
    const before = headOfNote(place.last.note);
    let proof: readonly string[] = [];
    const relation = await relate(head, before, async (from, to) => {
      proof = await this.#deps.proof(from, to);
      return proof;
    });
    signal.throwIfAborted();
    if (relation === 'older') await place.append({ note: head.note, proof: [...proof] });
    if (relation === 'other-log') throw refuse('What the service sent is of another log. It was not kept.');
    if (relation !== 'fork') return relation;
    const text = `FORK: the mirror holds a head of ${before.size} entries, root ${before.root}, which this log does not continue.`;
    const told = await this.#deps.tellFork({ seen: place.last.note, shown: head.note });
    this.#deps.alarm(`${text} Keep the mirror: it is evidence. ${toldSentence(told)}`);
    throw refuse(text);
  }

  async #extend(place: MirrorFolder, asked: Asked, trust: TrustFile, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const draft = await place.draft();
    try {
      await pour(await this.#deps.open({ first: asked.first, end: asked.end }, signal), draft, signal);
      const job = { file: draft, trust: await place.keepTrust(trust), older: null };
      const stretch = stretchIn(await this.#deps.judge(job, signal), asked);
      const note = await noteOf(draft);
      const relation = await this.#follow(place, { ...headOfNote(note), note }, signal);
      // A head from before the newest link may be in no link at all, and then nothing would vouch for the file.
      if (relation !== 'same' && relation !== 'older')
        throw refuse('The service sent an older state of the log. It was not kept.');
      signal.throwIfAborted();
      await place.keep(draft, stretch);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw error;
    }
  }
}

import { stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import type { DroppedFile, EvidenceChoice, EvidenceFile, VerifyStatus } from '../../shared/ipc/evidence.ts';
import { exitCodeOf } from '../../shared/ledger/bundle/sentences.ts';
import type { FromJudge, JudgeJob, ToJudge } from '../evidence/protocol.ts';
import { Refusal } from '../ipc/refusal.ts';

/** The thread that judges, behind a thin adapter. */
export interface JudgeThread {
  post(message: ToJudge): void;
  onMessage(listener: (message: FromJudge) => void): void;
  /** It ended, of itself or by an error; also after `end`. */
  onExit(listener: () => void): void;
  end(): void;
}

interface Deps {
  readonly start: (job: JudgeJob) => JudgeThread;
  /** Asks a person for a file that is there. @returns null when they chose none */
  readonly chooseExisting: (title: string) => Promise<string | null>;
  /** Asks the log itself how one size of it leads to another. */
  readonly proof: (from: number, to: number) => Promise<readonly string[]>;
}

const TITLES: Readonly<Record<EvidenceFile, string>> = {
  evidence: 'Evidence bundle or checkpoint to verify',
  trust: 'Trust file that you received another way',
  older: 'Older bundle or checkpoint that this one must continue',
};

const BROKE_OFF =
  'The verification broke off, so nothing is known. The file may be damaged, or made to do this.';

type Progress = Omit<VerifyStatus, 'files'>;
const NOTHING: Progress = {
  ...{ state: 'none', bytes: 0, totalBytes: null, numbers: 0, of: 0 },
  ...{ result: null, message: null },
};

type Chosen = Readonly<Record<EvidenceFile, string | null>>;
const NO_FILES: Chosen = { evidence: null, trust: null, older: null };

const nameOf = (path: string | null): string | null => path && basename(path);

function outcomeOf(message: Exclude<FromJudge, { type: 'ask-proof' }>): Partial<Progress> {
  if (message.type === 'progress') {
    const { bytes, numbers, of } = message;
    return { bytes, numbers, of };
  }
  if (message.type === 'unusable') return { state: 'failed', message: message.message };
  const { report, words } = message;
  const { verdict, problem } = report;
  const result = { verdict, exit: exitCodeOf(report), words, firstBad: problem?.number ?? null };
  return { state: 'done', result };
}

/** Verifies files that a person chose, one at a time, each in a thread that ends with it. The page learns names and never a path. */
export class Verification {
  readonly #deps: Deps;
  #chosen = NO_FILES;
  #progress = NOTHING;
  #current: JudgeThread | null = null;
  /** Changes with every lock, so that a dialog which outlives one chooses nothing. */
  #unlock = {};

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  readonly status = (): VerifyStatus => {
    const { evidence, trust, older } = this.#chosen;
    const files = { evidence: nameOf(evidence), trust: nameOf(trust), older: nameOf(older) };
    return { files, ...this.#progress };
  };

  /** @throws Refusal `busy` */
  readonly choose = async ({ file, act }: EvidenceChoice): Promise<VerifyStatus> => {
    this.#requireIdle();
    const mine = this.#unlock;
    const path = act === 'choose' ? await this.#deps.chooseExisting(TITLES[file]) : null;
    const overtaken = mine !== this.#unlock || this.#progress.state === 'running';
    if (overtaken || (act === 'choose' && path === null)) return this.status();
    this.#chosen = { ...this.#chosen, [file]: path };
    // What came of the former choice says nothing about this one.
    this.#progress = NOTHING;
    return this.status();
  };

  /** A file that a person dropped on the page, judged at once by the trust file that is chosen. @throws Refusal `busy` */
  readonly drop = async ({ path }: DroppedFile): Promise<VerifyStatus> => {
    this.#requireIdle();
    if (!isAbsolute(path)) throw new Refusal('invalid-payload', 'This is no file that can be dropped here.');
    this.#chosen = { ...this.#chosen, evidence: path };
    return this.verify();
  };

  /** @throws Refusal `busy`, or `not-available` when no file was chosen */
  readonly verify = async (): Promise<VerifyStatus> => {
    this.#requireIdle();
    const { evidence, trust, older } = this.#chosen;
    if (evidence === null) throw new Refusal('not-available', 'Choose a bundle or a checkpoint first.');
    const begun: Progress = { ...NOTHING, state: 'running' };
    this.#progress = begun;
    const totalBytes = await stat(evidence).then(
      ({ size }) => size,
      () => null,
    );
    // Cancelled, locked, or both and begun again, while the disk was asked.
    if (this.#progress !== begun) return this.status();
    this.#progress = { ...begun, totalBytes };
    this.#run({ file: evidence, trust, older });
    return this.status();
  };

  readonly cancel = (): VerifyStatus => {
    if (this.#progress.state === 'running') this.#end({ ...this.#progress, state: 'cancelled' });
    return this.status();
  };

  /** At a lock: nothing runs on, and nothing is told after the next unlock. */
  readonly forget = (): void => {
    this.#end(NOTHING);
    this.#chosen = NO_FILES;
    this.#unlock = {};
  };

  #requireIdle(): void {
    if (this.#progress.state === 'running')
      throw new Refusal('busy', 'A verification is running. Wait for it, or cancel it.');
  }

  #run(job: JudgeJob): void {
    const thread = this.#deps.start(job);
    this.#current = thread;
    thread.onMessage((message) => this.#hear(thread, message));
    thread.onExit(() => {
      if (this.#current === thread) this.#end({ ...this.#progress, state: 'failed', message: BROKE_OFF });
    });
  }

  #end(progress: Progress): void {
    const thread = this.#current;
    this.#current = null;
    this.#progress = progress;
    thread?.end();
  }

  #hear(thread: JudgeThread, message: FromJudge): void {
    if (this.#current !== thread) return;
    if (message.type === 'ask-proof') {
      const { from, to } = message;
      this.#deps.proof(from, to).then(
        (proof) => thread.post({ proof }),
        () => thread.post({ proof: null }),
      );
      return;
    }
    const progress = { ...this.#progress, ...outcomeOf(message) };
    if (progress.state === 'running') this.#progress = progress;
    else this.#end(progress);
  }
}

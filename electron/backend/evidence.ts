import type { Pushed } from '../../shared/ipc/stream.ts';
import type { createAdministration } from './administration.ts';
import { createCheckpointDesk } from './checkpoint-desk.ts';
import { type ChooseFile, createExports } from './exports.ts';
import type { TellFork } from './fork-report.ts';
import { judgeOnce } from './judge-once.ts';
import { createLogRounds } from './log-rounds.ts';
import { Mirror } from './mirror.ts';
import { Verification } from './verification.ts';

type Administration = ReturnType<typeof createAdministration>;
type Loading = () => Promise<Administration>;
type MirrorDeps = ConstructorParameters<typeof Mirror>[0];

export interface EvidenceDeps {
  /** Asks a person where a file goes. */
  readonly chooseFile: ChooseFile;
  /** Verifies files of a person's choice. */
  readonly verifying: Omit<ConstructorParameters<typeof Verification>[0], 'proof'>;
  /** Where the log is mirrored to. */
  readonly mirroring: Pick<MirrorDeps, 'folder' | 'remember' | 'chooseFolder'>;
  readonly setTimer: Parameters<typeof createLogRounds>[0]['setTimer'];
}

const exportsOf = (administration: Loading, { chooseFile }: EvidenceDeps) =>
  createExports({
    open: async (request, signal) => (await administration()).openExport(request, signal),
    chooseFile,
    now: () => new Date(),
  });

const proofOf = (administration: Loading) => async (from: number, to: number) =>
  (await administration()).logWatch.proof(from, to);

const tellForkOf =
  (administration: Loading): TellFork =>
  async (pair) =>
    (await administration()).logWatch.tellFork(pair);

const mirrorOf = (administration: Loading, deps: EvidenceDeps, alarm: (text: string) => void) =>
  new Mirror({
    ...deps.mirroring,
    verified: async () => (await administration()).logWatch.verified(),
    proof: proofOf(administration),
    open: async (range, signal) =>
      (await administration()).openExport(
        { format: 'bundle', withhold: 'nothing', filter: {}, range },
        signal,
      ),
    judge: judgeOnce(deps.verifying.start),
    ...{ alarm, tellFork: tellForkOf(administration) },
    now: () => new Date(),
  });

/** What the console sees of the log itself, and what it answers. */
const watchOf = (administration: Loading) => ({
  head: async () => (await administration()).logWatch.head(),
  registerWitness: async () => (await administration()).logWatch.register(),
  settleHead: async () => (await administration()).logWatch.settle(),
  reportRestore: async (reason: string) => (await administration()).logWatch.reportRestore(reason),
});

/** What is looked at, exported, verified and mirrored of the log; a lock ends all of it. */
export function evidenceOf(administration: Loading, deps: EvidenceDeps, push: (notice: Pushed) => void) {
  const { forget: endExport, ...exports } = exportsOf(administration, deps);
  const verification = new Verification({ ...deps.verifying, proof: proofOf(administration) });
  const { choose, drop, verify, status, cancel } = verification;
  const alarm = (text: string) =>
    push({ type: 'notice', level: 'error', text, at: new Date().toISOString() });
  const mirror = mirrorOf(administration, deps, alarm);
  const watch = watchOf(administration);
  const checkpoints = createCheckpointDesk({
    own: async () => (await administration()).logWatch.verified(),
    proof: proofOf(administration),
    chooseFile: deps.chooseFile,
    chooseExisting: deps.verifying.chooseExisting,
    ...{ alarm, tellFork: tellForkOf(administration) },
  });
  const rounds = createLogRounds({
    ...{ look: watch.head, mirror: () => mirror.round(), alarm },
    setTimer: deps.setTimer,
  });
  return {
    rounds,
    ends: {
      'end the rounds of the witness': rounds.close,
      'end the mirroring': mirror.forget,
      'end the export': endExport,
      'end the verification': verification.forget,
    },
    asked: {
      ...watch,
      ...exports,
      ...{ mirror, checkpoints },
      ...{ choose, drop, verify, verifyStatus: status, cancelVerify: cancel },
    },
  };
}

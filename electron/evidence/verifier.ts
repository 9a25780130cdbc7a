import { parentPort, workerData } from 'node:worker_threads';
import { judgeFile } from './judge-file.ts';
import type { FromJudge, JudgeJob, ToJudge } from './protocol.ts';

/** The thread: one job, given at its start, and it ends with it. Main ends it sooner at a cancel or a lock. */
const port = parentPort;
if (!port) throw new TypeError('this is started as a worker thread');

const tell = (message: FromJudge): void => port.postMessage(message);

await judgeFile(workerData as JudgeJob, {
  tell,
  proof: (from, to) => {
    const answered = new Promise<ToJudge['proof']>((resolve) => {
      port.once('message', ({ proof }: ToJudge) => resolve(proof));
    });
    tell({ type: 'ask-proof', from, to });
    return answered;
  },
});

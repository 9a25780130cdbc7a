import type { VerifyReport } from '../../shared/ledger/bundle/verify.ts';
import type { JudgeJob } from '../evidence/protocol.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { JudgeThread } from './verification.ts';

/** One file judged to its end, without anybody watching. An abort ends the thread. @throws Refusal when nothing could be judged */
export const judgeOnce =
  (start: (job: JudgeJob) => JudgeThread) =>
  (job: JudgeJob, signal: AbortSignal): Promise<VerifyReport> => {
    // A signal that was given already is never heard again.
    if (signal.aborted)
      return Promise.reject(new Refusal('request-failed', 'The verification was given up.'));
    const thread = start(job);
    const end = () => thread.end();
    signal.addEventListener('abort', end, { once: true });
    return new Promise<VerifyReport>((resolve, reject) => {
      const broken = (message: string) => reject(new Refusal('request-failed', message));
      thread.onMessage((message) => {
        if (message.type === 'done') resolve(message.report);
        if (message.type === 'unusable') broken(message.message);
        if (message.type === 'ask-proof') thread.post({ proof: null });
      });
      thread.onExit(() => broken('The verification broke off, so nothing is known.'));
    }).finally(() => {
      signal.removeEventListener('abort', end);
      end();
    });
  };

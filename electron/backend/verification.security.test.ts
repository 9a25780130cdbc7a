import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { verifyStatus } from '../../shared/ipc/evidence.ts';
import type { VerifyReport } from '../../shared/ledger/bundle/verify.ts';
import type { FromJudge, JudgeJob, ToJudge } from '../evidence/protocol.ts';
import { Verification } from './verification.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-verification-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'evidence.jsonl');
writeFileSync(path, 'x'.repeat(50));

const REPORT: VerifyReport = {
  ...{ verdict: 'verified', problem: null, origin: 'o', size: 5, root: null, range: null, filter: {} },
  ...{ entries: 5, withheld: 0, complete: true, witnesses: [] },
};

/** Threads that say what the test says. */
function verifying(chooseExisting: (title: string) => Promise<string | null> = async () => path) {
  const threads: {
    job: JudgeJob;
    posted: ToJudge[];
    ended: boolean;
    say: (message: FromJudge) => void;
    die: () => void;
  }[] = [];
  const proof = vi.fn(async () => ['00'] as readonly string[]);
  const verification = new Verification({
    chooseExisting,
    proof,
    start: (job) => {
      const thread = {
        ...{ job, posted: [] as ToJudge[], ended: false },
        say: (_message: FromJudge): void => undefined,
        die: (): void => undefined,
      };
      threads.push(thread);
      return {
        post: (message) => void thread.posted.push(message),
        onMessage: (listener) => {
          thread.say = listener;
        },
        onExit: (listener) => {
          thread.die = listener;
        },
        end: () => {
          thread.ended = true;
        },
      };
    },
  });
  const begin = async () => {
    await verification.choose({ file: 'evidence', act: 'choose' });
    await verification.verify();
    const thread = threads.at(-1);
    if (!thread) throw new Error('no thread was started');
    return thread;
  };
  return {
    verification,
    threads,
    proof,
    begin,
    status: () => verifyStatus.parse(verification.status()),
  };
}

describe('the verification of a dropped file', () => {
  it('begins at once with the trust file that was chosen, and tells its name alone', async () => {
    const t = verifying();
    await t.verification.choose({ file: 'trust', act: 'choose' });
    await t.verification.drop({ path: '/elsewhere/b.evidence.jsonl' });
    expect(t.threads.at(-1)?.job).toEqual({
      ...{ file: '/elsewhere/b.evidence.jsonl', trust: path, older: null },
    });
    expect(t.status()).toMatchObject({ state: 'running', files: { evidence: 'b.evidence.jsonl' } });
    expect(JSON.stringify(t.status())).not.toContain('elsewhere');
    await expect(t.verification.drop({ path: '/elsewhere/c' })).rejects.toMatchObject({ code: 'busy' });
  });

  it('is refused for what is no whole path', async () => {
    const t = verifying();
    await expect(t.verification.drop({ path: 'b' })).rejects.toMatchObject({ code: 'invalid-payload' });
    expect(t.threads).toEqual([]);
  });
});

describe('the verification of a chosen file', () => {
  it('tells how far it is and what came of it, with names and no path', async () => {
    const t = verifying();
    const thread = await t.begin();
    expect(thread.job).toEqual({ file: path, trust: null, older: null });
    thread.say({ type: 'progress', bytes: 20, numbers: 2, of: 5 });
    expect(t.status()).toMatchObject({ state: 'running', bytes: 20, totalBytes: 50, numbers: 2, of: 5 });
    thread.say({ type: 'done', report: REPORT, words: 'VERIFIED' });
    expect(t.status()).toMatchObject({
      state: 'done',
      files: { evidence: 'evidence.jsonl', trust: null },
      result: { verdict: 'verified', exit: 0, words: 'VERIFIED', firstBad: null },
    });
    expect(JSON.stringify(t.status())).not.toContain(folder);
    expect(thread.ended).toBe(true);
  });

  it('that is cancelled ends its thread, and what that says afterwards is not heard', async () => {
    const t = verifying();
    const thread = await t.begin();
    expect(t.verification.cancel().state).toBe('cancelled');
    expect(thread.ended).toBe(true);
    thread.say({ type: 'done', report: REPORT, words: 'VERIFIED' });
    thread.die();
    expect(t.status()).toMatchObject({ state: 'cancelled', result: null });
  });

  it('is never verified by a thread that died', async () => {
    const t = verifying();
    const thread = await t.begin();
    thread.say({ type: 'progress', bytes: 50, numbers: 5, of: 5 });
    thread.die();
    expect(t.status()).toMatchObject({ state: 'failed', result: null });
    expect(t.status().message).toContain('nothing is known');
    expect((await t.begin()).ended).toBe(false);
  });

  it('runs once at a time, and its files stay what they were', async () => {
    const t = verifying();
    await t.begin();
    await expect(t.verification.verify()).rejects.toMatchObject({ code: 'busy' });
    await expect(t.verification.choose({ file: 'trust', act: 'choose' })).rejects.toMatchObject({
      code: 'busy',
    });
    expect(t.threads).toHaveLength(1);
  });

  it('needs a file, and a dialog that was closed chooses none', async () => {
    const t = verifying(async () => null);
    expect((await t.verification.choose({ file: 'evidence', act: 'choose' })).files.evidence).toBeNull();
    await expect(t.verification.verify()).rejects.toMatchObject({ code: 'not-available' });
  });

  it('forgets a result when another file is chosen or let go: it was about the former one', async () => {
    const t = verifying();
    (await t.begin()).say({ type: 'done', report: REPORT, words: 'VERIFIED' });
    expect(await t.verification.choose({ file: 'trust', act: 'choose' })).toMatchObject({
      state: 'none',
      result: null,
    });
    expect((await t.verification.choose({ file: 'trust', act: 'forget' })).files.trust).toBeNull();
  });

  it('asks the log for a proof on behalf of the thread, and says when it has none', async () => {
    const t = verifying();
    const thread = await t.begin();
    thread.say({ type: 'ask-proof', from: 1, to: 4 });
    await vi.waitFor(() => expect(thread.posted).toEqual([{ proof: ['00'] }]));
    t.proof.mockRejectedValueOnce(new Error('down'));
    thread.say({ type: 'ask-proof', from: 1, to: 4 });
    await vi.waitFor(() => expect(thread.posted).toHaveLength(2));
    expect(thread.posted[1]).toEqual({ proof: null });
  });
});

describe('a lock', () => {
  it('ends the thread and forgets files and result', async () => {
    const t = verifying();
    const thread = await t.begin();
    t.verification.forget();
    expect(thread.ended).toBe(true);
    thread.say({ type: 'done', report: REPORT, words: 'VERIFIED' });
    expect(t.status()).toMatchObject({ state: 'none', files: { evidence: null }, result: null });
  });

  it('makes a dialog that outlives it choose nothing', async () => {
    let answer: (path: string) => void = () => undefined;
    const t = verifying(() => new Promise((resolve) => (answer = resolve)));
    const choosing = t.verification.choose({ file: 'evidence', act: 'choose' });
    t.verification.forget();
    answer(path);
    expect((await choosing).files.evidence).toBeNull();
  });
});

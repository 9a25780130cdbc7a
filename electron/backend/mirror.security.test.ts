import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VerifyReport } from '../../shared/ledger/bundle/verify.ts';
import { newLedgerKey, TestLog } from '../../tests/fixtures/evidence-log.ts';
import { judgeFile } from '../evidence/judge-file.ts';
import { headOfNote } from '../evidence/relation.ts';
import { judgeOnce } from './judge-once.ts';
import { Mirror } from './mirror.ts';

const key = newLedgerKey();
const LOG = new TestLog(40);
const EPOCH = `${key.trust.origin}-2`;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-mirror-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A mirror of `LOG` whose service sends what it likes. */
function mirroring(bundle: () => Promise<string>, hold: Promise<void> = Promise.resolve()) {
  const note = key.checkpoint(40, LOG.rootAt(40));
  const epochs = [...key.trust.epochs, { origin: EPOCH, fromSize: 0 }];
  const opened: AbortSignal[] = [];
  const mirror = new Mirror({
    folder: () => folder,
    remember: () => undefined,
    chooseFolder: async () => null,
    verified: async () => ({
      head: { ...headOfNote(note), note },
      trust: { ...key.trust, epochs },
      isAlarmed: false,
    }),
    proof: async () => [],
    open: async (_range, signal) => {
      opened.push(signal);
      return {
        total: null,
        body: (async function* () {
          await hold;
          yield Buffer.from(await bundle());
        })(),
      };
    },
    judge: (job) =>
      new Promise<VerifyReport>((resolve) => {
        const tell: Parameters<typeof judgeFile>[1]['tell'] = (message) => {
          if (message.type === 'done') resolve(message.report);
        };
        void judgeFile(job, { tell, proof: async () => null });
      }),
    alarm: () => undefined,
    tellFork: async () => ({ state: 'told', message: null }),
    now: () => new Date(0),
  });
  return { mirror, opened };
}

const bundles = async () => {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('.evidence.jsonl'));
};

describe('a mirror', () => {
  it('keeps no bundle of another epoch, whatever the service calls an epoch', async () => {
    const rewritten = new TestLog(40, 'rewritten');
    const { mirror } = mirroring(() =>
      rewritten.bundle(key, { checkpoint: key.checkpoint(40, rewritten.rootAt(40), EPOCH) }),
    );
    await mirror.round(true);
    expect(mirror.status()).toMatchObject({
      state: 'failed',
      reach: 0,
      message: expect.stringContaining('another log'),
    });
    expect(await bundles()).toEqual([]);
  });

  it('begins a run when the one before has ended, so that neither takes the other’s draft', async () => {
    let release = (): void => undefined;
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { mirror, opened } = mirroring(() => LOG.bundle(key), hold);
    const first = mirror.round(true);
    while (opened.length === 0) await stat(folder);
    mirror.forget();
    const second = mirror.round(true);
    for (let turn = 0; turn < 50; turn += 1) await stat(folder);
    expect(opened.map(({ aborted }) => aborted)).toEqual([true]);
    release();
    await Promise.all([first, second]);
    expect(opened).toHaveLength(2);
    expect(mirror.status()).toMatchObject({ state: 'waiting', reach: 40, message: null });
    expect(await bundles()).toHaveLength(1);
  });

  it('starts no thread for a run that was given up', async () => {
    let started = 0;
    const judge = judgeOnce(() => {
      started += 1;
      return {
        post: () => undefined,
        onMessage: () => undefined,
        onExit: (ended) => ended(),
        end: () => undefined,
      };
    });
    const job = { file: 'f', trust: null, older: null };
    await expect(judge(job, AbortSignal.abort())).rejects.toThrow('given up');
    expect(started).toBe(0);
  });
});

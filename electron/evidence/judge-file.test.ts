import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hex } from '@scure/base';
import { afterAll, describe, expect, it } from 'vitest';
import { consistencyPlan } from '../../shared/ledger/tiles.ts';
import { newLedgerKey, sha256, TestLog } from '../../tests/fixtures/evidence-log.ts';
import { judgeFile } from './judge-file.ts';
import type { FromJudge, JudgeJob } from './protocol.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-judge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = newLedgerKey();
const log = new TestLog(600);
const rewritten = new TestLog(600, 'rewritten');

let files = 0;
const file = (content: string | Uint8Array): string => {
  files += 1;
  const path = join(folder, `file-${files}`);
  writeFileSync(path, content);
  return path;
};
const trust = file(JSON.stringify(key.trust));
const headOf = (size: number, of = log): string => file(key.checkpoint(size, of.rootAt(size)));
const bundle = await log.bundle(key);

const proofOf = (from: number, to: number, of = log): string[] =>
  consistencyPlan(from, to)
    .compute(sha256, of.read)
    .map((hash) => hex.encode(hash));

async function judged(
  job: Partial<JudgeJob> & Pick<JudgeJob, 'file'>,
  proof: (from: number, to: number) => Promise<readonly string[] | null> = async () => null,
) {
  const told: FromJudge[] = [];
  await judgeFile({ trust, older: null, ...job }, { tell: (message) => void told.push(message), proof });
  const last = told.at(-1);
  return { told, last, words: last?.type === 'done' ? last.words : (last as { message?: string }).message };
}

describe('a bundle', () => {
  it('is judged as the command line judges it, with a figure on the way', async () => {
    const { told, last, words } = await judged({ file: file(bundle) });
    expect(last).toMatchObject({ type: 'done', report: { verdict: 'verified', entries: 600 } });
    expect(words).toMatch(/^VERIFIED\n/);
    expect(told.some((m) => m.type === 'progress' && m.numbers === 600 && m.of === 600)).toBe(true);
  });

  it('without a trust file is consistent and nobody’s', async () => {
    expect((await judged({ file: file(bundle), trust: null })).words).toMatch(
      /^CONSISTENT, ORIGIN UNVERIFIED/,
    );
  });

  it('with one flipped byte is refused with the first bad number', async () => {
    const at = bundle.indexOf('left the team 321');
    const bytes = Buffer.from(bundle);
    const inFile = Buffer.byteLength(bundle.slice(0, at));
    bytes[inFile] = (bytes[inFile] ?? 0) ^ 1;
    const { last, words } = await judged({ file: file(bytes) });
    expect(last).toMatchObject({ report: { verdict: 'refused', problem: { number: 321 } } });
    expect(words).toContain('first bad number: 321');
  });

  it('is held against an older bundle or checkpoint', async () => {
    const earlier = file(await new TestLog(300).bundle(key));
    for (const older of [earlier, headOf(300)])
      expect((await judged({ file: file(bundle), older })).words).toMatch(
        /^VERIFIED\n(?:.*\n)*continues: {2}file-/,
      );
    expect((await judged({ file: file(bundle), older: headOf(300, rewritten) })).last).toMatchObject({
      report: { verdict: 'refused', problem: { code: 'inconsistent' } },
    });
  });
});

describe('a checkpoint', () => {
  it('is verified by a trust file, and by nothing else', async () => {
    expect((await judged({ file: headOf(40) })).last).toMatchObject({
      report: { verdict: 'verified', size: 40 },
    });
    expect((await judged({ file: headOf(40), trust: null })).words).toContain(
      'only be judged with a trust file',
    );
    const stranger = newLedgerKey().checkpoint(40, log.rootAt(40));
    expect((await judged({ file: file(stranger) })).last).toMatchObject({
      report: { verdict: 'refused', problem: { code: 'origin' } },
    });
  });

  it('continues an older one by the proof of the log, which proves itself', async () => {
    const heads = { file: headOf(500), older: headOf(40) };
    expect((await judged(heads, async (from, to) => proofOf(from, to))).last).toMatchObject({
      report: { verdict: 'verified' },
    });
    for (const lie of [proofOf(40, 500, rewritten), []])
      expect((await judged(heads, async () => lie)).last).toMatchObject({
        report: { problem: { code: 'inconsistent' } },
      });
    expect((await judged(heads)).words).toContain('no service answers');
  });

  it('of the same size and another root is a fork, whoever is asked', async () => {
    const { words } = await judged({ file: headOf(40), older: headOf(40, rewritten) });
    expect(words).toContain('two heads of one size');
    expect(words).toContain(Buffer.from(rewritten.rootAt(40)).toString('hex'));
    expect((await judged({ file: headOf(30), older: headOf(40) })).words).toContain('and this one fewer');
  });
});

describe('a file that is no evidence', () => {
  it.each([
    ['nothing', ''],
    ['noise', Buffer.from([0xff, 0, 0x80, 10, 10])],
    ['a text', 'hello\n\n— me AAAA\n'],
  ])('as %s is said to be none', async (_name, content) => {
    expect((await judged({ file: file(content) })).last?.type).toBe('unusable');
  });

  it('as an object of another kind is refused', async () => {
    expect((await judged({ file: file('{"a":1}\n') })).last).toMatchObject({
      report: { verdict: 'refused', problem: { code: 'format' } },
    });
  });

  it('is not waited for when it is a folder, a device or missing', async () => {
    const sub = join(folder, 'sub');
    mkdirSync(sub);
    for (const path of [sub, '/dev/zero', join(folder, 'missing')])
      expect((await judged({ file: path })).words).toContain('cannot be read');
  });

  it('as a trust file or an older head is named', async () => {
    expect((await judged({ file: headOf(4), trust: file('{}') })).words).toMatch(
      /^file-\d+: this is not a trust/,
    );
    expect((await judged({ file: file(bundle), older: file('x') })).words).toMatch(/^file-\d+: /);
  });
});

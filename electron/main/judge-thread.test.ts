import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { bundleFixture } from '../../tests/fixtures/bundle.ts';
import { newLedgerKey, TestLog } from '../../tests/fixtures/evidence-log.ts';
import { Verification } from '../backend/verification.ts';
import { startJudge } from './judge-thread.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-thread-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const entry = await bundleFixture('verifier-thread');
const key = newLedgerKey();
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const bundle = file('evidence.jsonl', await new TestLog(300).bundle(key));
const trust = file('trust.json', JSON.stringify(key.trust));
const dying = file('dying.mjs', 'const kept = []; for (;;) kept.push(new Array(1e6).fill({}));');
const hanging = file('hanging.mjs', 'for (;;);');

async function begun(thread: string) {
  const paths = [bundle, trust];
  const verification = new Verification({
    start: (job) => startJudge(thread, job),
    chooseExisting: async () => paths.shift() ?? null,
    proof: async () => [],
  });
  await verification.choose({ file: 'evidence', act: 'choose' });
  await verification.choose({ file: 'trust', act: 'choose' });
  await verification.verify();
  const ended = (state: string) =>
    vi.waitFor(() => expect(verification.status().state).toBe(state), { timeout: 20_000 });
  return { verification, ended };
}

it('a thread of its own verifies a bundle', async () => {
  const { verification, ended } = await begun(entry);
  await ended('done');
  expect(verification.status().result).toMatchObject({ verdict: 'verified', exit: 0 });
});

it('a thread that takes all memory dies alone', async () => {
  const { ended } = await begun(dying);
  await ended('failed');
}, 20_000);

it('a thread that hangs is ended by a cancel', async () => {
  const { verification } = await begun(hanging);
  expect(verification.cancel().state).toBe('cancelled');
});

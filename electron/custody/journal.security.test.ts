import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signingHandle } from '../vault/items.ts';
import type { CeremonyRecord } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';
import { openJournal } from './journal.ts';

const custodian = signingHandle(randomBytes(32));
const deps = { custodian, now: () => new Date('2030-01-01T00:00:00.000Z') };
const wallet = { address: '4'.repeat(44), fingerprint: 'a'.repeat(64) };
const RECORDS: readonly CeremonyRecord[] = [
  { type: 'opened', ceremony: randomUUID(), reason: 'quarterly', former: null },
  { type: 'began', step: 'generated' },
  { type: 'done', step: 'generated', evidence: { item: randomUUID(), wallet, former: null } },
  { type: 'began', step: 'sealed' },
  { type: 'done', step: 'sealed', evidence: { way: 'package', digest: 'd', recipient: 'age1' } },
];

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-ceremony-'));
  path = join(folder, 'ceremony.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function written(): Promise<string> {
  const journal = await openJournal(path, deps);
  for (const record of RECORDS) await journal.append(record);
  return readFile(path, 'utf8');
}
const codeOf = (given: Promise<unknown>): Promise<string> =>
  given.then(
    () => 'accepted',
    (error: unknown) => (error instanceof CustodyError ? error.code : 'another error'),
  );
async function opens(text: string): Promise<string> {
  await writeFile(path, text);
  return codeOf(openJournal(path, deps));
}

describe('the journal of a ceremony', () => {
  it('resumes where it was, and goes on', async () => {
    await written();
    const journal = await openJournal(path, deps);
    expect(journal.ceremony()).toMatchObject({ reason: 'quarterly', done: { sealed: { way: 'package' } } });
    await journal.append({ type: 'began', step: 'imported' });
    expect(journal.ceremony()?.unfinished).toBe('imported');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is, after a crash at any byte, one of the states it went through', async () => {
    const text = await written();
    const ends = [...text.matchAll(/\n/g)].map((match) => (match.index ?? 0) + 1);
    // Around each end of a line, and at a stride between them: every byte would be two thousand syncs of the disk.
    const cuts = new Set([
      0,
      ...ends.flatMap((end) => [end - 1, end, end + 1]),
      ...Array.from({ length: text.length / 97 }, (_, i) => i * 97),
    ]);
    for (const length of [...cuts].filter((cut) => cut <= text.length)) {
      await writeFile(path, text.slice(0, length));
      const journal = await openJournal(path, deps);
      const lines = ends.filter((end) => end <= length).length;
      expect(journal.ceremony() === null).toBe(lines === 0);
      const next = RECORDS[lines];
      if (next) await journal.append(next);
      expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(
        Math.min(lines + 1, RECORDS.length) + 1,
      );
    }
  });

  it('writes nothing of a step that is refused, also when two are asked for at once', async () => {
    const before = await written();
    const journal = await openJournal(path, deps);
    const imported: CeremonyRecord = {
      type: 'done',
      step: 'imported',
      evidence: { fingerprint: 'a'.repeat(64) },
    };
    expect(await codeOf(journal.append({ type: 'began', step: 'swept' }))).toBe('step-refused');
    expect(await readFile(path, 'utf8')).toBe(before);
    const both = await Promise.all([codeOf(journal.append(imported)), codeOf(journal.append(imported))]);
    expect(both).toEqual(['accepted', 'step-refused']);
  });
});

describe('a journal that someone changed', () => {
  it('is refused at any flipped byte', async () => {
    const text = await written();
    for (let at = 0; at < text.length - 1; at += 7) {
      const bytes = Buffer.from(text);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      // A flip of the very last line's end makes it a line that never counted, which is what it then is.
      expect(await opens(bytes.toString('latin1'))).toBe('ceremony-damaged');
    }
  });

  it('is refused with a line taken out, doubled, exchanged or put in', async () => {
    const lines = (await written()).trimEnd().split('\n');
    const [a = '', b = '', ...rest] = lines;
    for (const changed of [
      [b, ...rest],
      [a, ...rest],
      [a, a, b, ...rest],
      [b, a, ...rest],
      [a, '{}', b, ...rest],
    ])
      expect(await opens(`${changed.join('\n')}\n`)).toBe('ceremony-damaged');
  });

  it('is refused when another custodian signed it', async () => {
    await written();
    const other = { ...deps, custodian: signingHandle(randomBytes(32)) };
    expect(await codeOf(openJournal(path, other))).toBe('ceremony-damaged');
  });

  it('is never a link to another file', async () => {
    const target = join(folder, 'target');
    await writeFile(target, 'untouched');
    await symlink(target, path);
    expect(await codeOf(openJournal(path, deps))).toBe('another error');
    expect(await readFile(target, 'utf8')).toBe('untouched');
  });
});

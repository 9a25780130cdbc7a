import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTokenCode, TOKEN_CODE_RANDOM_BYTES } from '../../ids/token-code.ts';
import { CompletenessTree, tokenLeaf } from '../completeness.ts';
import {
  csvLines,
  EXPORT_FORMAT,
  type ExportManifest,
  type ExportWriter,
  jsonLines,
  REPLACEMENTS_FORMAT,
} from './format.ts';
import { OriginEvidence } from './origin.ts';
import { verifyExport } from './verify.ts';

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const SERIALS = ['=SUM(A1)', "'quoted", 'say "x", y', 'S-4', 'S-5', 'S-6'];
const tokens = SERIALS.map((serial, i) => {
  const code = createTokenCode(new Uint8Array(TOKEN_CODE_RANDOM_BYTES).fill(i + 1));
  const codeHash = sha256(Buffer.from(code));
  const leaf = hex(tokenLeaf(sha256, { position: i + 1, serial, codeHash }));
  return {
    ...{ position: i + 1, serial, code, codeHash: hex(codeHash), leaf },
    url: '',
    state: 'active' as const,
  };
});
type Row = (typeof tokens)[number];

const manifest: Omit<ExportManifest, 'root'> = {
  format: EXPORT_FORMAT,
  ...{ exportId: 'mex_1', exportedAt: '2030-01-01T00:00:00.000Z', brandId: 'brd_1', brand: 'Acme' },
  ...{ jobId: 'mjb_1', batch: '../../=x', count: 5, replacements: 1 },
};

/** The root of the tokens that were ordered; the last one was made in place of another. */
function rootOf(): string {
  const tree = new CompletenessTree(sha256);
  for (const { position, serial, codeHash } of tokens.slice(0, 5))
    tree.add({ position, serial, codeHash: Buffer.from(codeHash, 'hex') });
  return hex(tree.root());
}

function fileOf(writer: ExportWriter, rows: readonly Row[], root = rootOf()): string {
  return ended(
    writer,
    rows,
    writer.head({ ...manifest, root }) + rows.map((row) => writer.row(row)).join(''),
  );
}

const ended = (writer: ExportWriter, rows: readonly Row[], body: string): string =>
  body + writer.end({ rows: rows.length, sha256: hex(sha256(Buffer.from(body))) });

/** Of a job of three tokens: the others were made in place of some. */
function replacementsOf(
  writer: ExportWriter,
  rows: readonly Row[],
  more: Partial<ExportManifest> = {},
): string {
  const head: ExportManifest = {
    ...manifest,
    format: REPLACEMENTS_FORMAT,
    root: rootOf(),
    count: 3,
    replacements: 3,
  };
  return ended(writer, rows, writer.head({ ...head, ...more }) + rows.map((row) => writer.row(row)).join(''));
}

async function* chunksOf(text: string | Uint8Array, size = 97): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const verify = (text: string | Uint8Array) =>
  verifyExport(chunksOf(text), { sha256, startSha256: () => createHash('sha256') });

const changed = (at: number, change: Partial<Row>): Row[] =>
  tokens.map((row, i) => (i === at ? { ...row, ...change } : row));

/** The leaf again, as somebody does who knows how: then only the root tells. */
const reproven = (at: number, change: Partial<Row>): Row[] =>
  changed(at, change).map((row) => ({
    ...row,
    leaf: hex(tokenLeaf(sha256, { ...row, codeHash: Buffer.from(row.codeHash, 'hex') })),
  }));

describe.each([
  ['JSON Lines', jsonLines, 1],
  ['CSV', csvLines, 3],
] as const)('an export in %s', (_name, writer, head) => {
  const text = fileOf(writer, tokens);
  const [first, second] = [tokens[0] as Row, tokens[1] as Row];

  it('is consistent with itself, and the digest is of the whole file', async () => {
    expect(await verify(text)).toMatchObject({
      ...{ verdict: 'consistent', problem: null, rows: 6, sha256: hex(sha256(Buffer.from(text))) },
      manifest: { jobId: 'mjb_1', count: 5 },
    });
  });

  it.each<[string, string, string, number]>([
    ['a hole', fileOf(writer, [first, ...tokens.slice(2)]), 'position', 2],
    ['a token twice', fileOf(writer, [first, first, ...tokens.slice(1)]), 'position', 2],
    ['two that changed places', fileOf(writer, [second, first, ...tokens.slice(2)]), 'position', 1],
    ['one token less', fileOf(writer, tokens.slice(0, 5)), 'position', 6],
    ['another serial', fileOf(writer, changed(2, { serial: 'X' })), 'leaf', 3],
    ['another serial and its leaf', fileOf(writer, reproven(2, { serial: 'X' })), 'root', 5],
    ['a serial of another token', fileOf(writer, reproven(3, { serial: first.serial })), 'serial', 4],
    ['a code of another token', fileOf(writer, reproven(3, { code: first.code })), 'code', 4],
    ['a code hash of another token', fileOf(writer, reproven(3, { codeHash: first.codeHash })), 'code', 4],
    ['a mistyped code', fileOf(writer, changed(1, { code: `${second.code.slice(0, -1)}?` })), 'code', 2],
    ['another root', fileOf(writer, tokens, '0'.repeat(64)), 'root', 5],
    ['a replacement that is none', fileOf(writer, changed(5, { serial: 'X' })), 'leaf', 6],
  ])('with %s is refused at its first bad line', async (_what, wrong, code, row) => {
    expect((await verify(wrong)).problem).toMatchObject({ code, line: head + row });
  });

  it('may hold replacements alone, from any of them on', async () => {
    const seen: string[] = [];
    for (const [rows, replacements] of [
      [tokens.slice(3), 3],
      [tokens.slice(4), 2],
    ] as const) {
      const report = await verifyExport(chunksOf(replacementsOf(writer, rows, { replacements })), {
        ...{ sha256, startSha256: () => createHash('sha256') },
        onReplacement: ({ serial }) => void seen.push(serial),
      });
      expect(report).toMatchObject({ verdict: 'consistent', rows: rows.length });
    }
    expect(seen).toEqual(['S-4', 'S-5', 'S-6', 'S-5', 'S-6']);
  });

  it.each<[string, string, string, number]>([
    ['an ordered token', replacementsOf(writer, tokens.slice(2, 5)), 'position', 1],
    [
      'a hole',
      replacementsOf(
        writer,
        [3, 5].map((i) => tokens[i] as Row),
      ),
      'position',
      2,
    ],
    ['one too few', replacementsOf(writer, tokens.slice(4)), 'position', 3],
    ['one too many', replacementsOf(writer, tokens.slice(3), { replacements: 2 }), 'position', 3],
    ['none', replacementsOf(writer, [], { replacements: 0 }), 'format', 0],
    ['another serial', replacementsOf(writer, changed(4, { serial: 'X' }).slice(3)), 'leaf', 2],
  ])('of replacements with %s is refused', async (_what, wrong, code, row) => {
    const inHead = row === 0 && head === 3 ? 2 : head + row;
    expect((await verify(wrong)).problem).toMatchObject({ code, line: inHead });
  });

  it('is refused when any byte of it is another', async () => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 3) {
      const wrong = Buffer.from(bytes);
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      expect((await verify(wrong)).verdict, `byte ${at}`).toBe('refused');
    }
  });

  it('is refused when it ends too early or goes on', async () => {
    const lines = text.split(/(?<=\n)/);
    for (let count = 0; count < lines.length; count += 1)
      expect((await verify(lines.slice(0, count).join(''))).verdict).toBe('refused');
    expect((await verify(text.slice(0, -1))).problem).toMatchObject({ code: 'truncated' });
    const more = await verify(text + lines.at(-1));
    expect(more.problem).toMatchObject({ code: 'trailing', line: lines.length + 1 });
  });
});

describe('the log that an export is held against', () => {
  const entry = (kind: string, data: Record<string, unknown>) => ({
    ...{ id: 'evt_1', kind, at: '2030-01-01T00:00:00.000Z', agent: null, requestId: null, data },
    actor: { type: 'system', id: 'worker', name: null },
  });
  const completed = { jobId: 'mjb_1', root: rootOf(), quantity: 5 };

  it('must say that the job has this root and count, and that these bytes were made', async () => {
    const report = await verify(fileOf(jsonLines, tokens));
    const made = { exportId: 'mex_1', sha256: report.sha256 };
    const complaint = (job: object, file: object, reissued: object[] = [{ serial: 'S-6', leaf: 'leaf' }]) => {
      const evidence = new OriginEvidence({ ...manifest, root: rootOf() }, new Map([['S-6', 'leaf']]));
      evidence.note(entry('mint.job-completed', { ...job }));
      evidence.note(entry('mint.export-completed', { ...file }));
      for (const one of reissued) evidence.note(entry('mint.token-reissued', { jobId: 'mjb_1', ...one }));
      return evidence.complaint(report);
    };
    expect(complaint(completed, made)).toBeNull();
    expect(complaint({ ...completed, root: '0'.repeat(64) }, made)).toContain('root');
    expect(complaint({ ...completed, quantity: 6 }, made)).toContain('number');
    expect(complaint({ ...completed, jobId: 'mjb_2' }, made)).toContain('no entry');
    expect(complaint(completed, { ...made, exportId: 'mex_2' })).toContain('no entry');
    expect(complaint(completed, { ...made, sha256: '0'.repeat(64) })).toContain('not the one');
    expect(complaint(completed, made, [])).toContain('no entry that "S-6"');
    expect(complaint(completed, made, [{ serial: 'S-6', leaf: 'other' }])).toContain('"S-6" is not the one');
    expect(complaint(completed, made, [{ serial: 'S-6', leaf: 'leaf', jobId: 'mjb_2' }])).toContain(
      'no entry',
    );
    // A bundle may be of a part of the log: what it lacks is no word of the log, and its kind says what to export.
    for (const [said, kind] of [
      [complaint({}, made), 'mint.job-completed'],
      [complaint(completed, {}), 'mint.export-completed'],
      [complaint(completed, made, []), 'mint.token-reissued'],
    ] as const) {
      expect(said).toMatch(/^this bundle has no entry that .*: export one that has its/);
      expect(said).toContain(kind);
    }
    // Entries of earlier versions tell the serial alone.
    expect(complaint(completed, made, [{ serial: 'S-6' }])).toBeNull();
  });
});

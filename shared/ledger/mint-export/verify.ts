import { hex } from '@scure/base';
import { normalizeTokenCode } from '../../ids/token-code.ts';
import { LineCutter } from '../bundle/bytes.ts';
import { CompletenessError, CompletenessTree, tokenLeaf } from '../completeness.ts';
import type { Sha256 } from '../merkle.ts';
import {
  type ExportEnd,
  type ExportManifest,
  type ExportReader,
  type ExportRow,
  REPLACEMENTS_FORMAT,
  readerOf,
} from './format.ts';

/**
 * - `format`: not such a file, or a line that is not as it is written
 * - `position`: a token is missing here, or stands here twice
 * - `leaf`: a line whose leaf is not the one of its token
 * - `serial`, `code`: one that an earlier line has, or a code whose check character is wrong
 * - `root`: the tokens are not those of the job
 * - `end`: the end does not say what the file held
 * - `truncated`, `trailing`: the file ends too early or too late
 * - `origin`: the log says something else, or nothing
 */
export type ExportProblemCode =
  | 'format'
  | 'position'
  | 'leaf'
  | 'serial'
  | 'code'
  | 'root'
  | 'end'
  | 'truncated'
  | 'trailing'
  | 'origin';

/** Why a file is refused, and the first line, from 1, that is concerned. */
export class ExportProblem extends Error {
  override readonly name = 'ExportProblem';
  readonly code: ExportProblemCode;
  readonly line: number;

  constructor(code: ExportProblemCode, line: number, message: string) {
    super(message);
    this.code = code;
    this.line = line;
  }
}

export interface ExportReport {
  /** `consistent`: with itself; `verified`: and with a log that is believed. */
  readonly verdict: 'verified' | 'consistent' | 'refused' | 'cancelled';
  readonly problem: {
    readonly code: ExportProblemCode;
    readonly line: number;
    readonly message: string;
  } | null;
  readonly manifest: ExportManifest | null;
  readonly rows: number;
  /** SHA-256 (hex) of the whole file; null until all of it was read. */
  readonly sha256: string | null;
}

/** A running SHA-256: Node's `createHash('sha256')` is one. */
export interface RunningSha256 {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array;
}

export interface ExportVerifyOptions {
  readonly sha256: Sha256;
  readonly startSha256: () => RunningSha256;
  /** Every row of a token that was made in place of another, once it is found consistent. */
  readonly onReplacement?: (row: ExportRow) => void;
  readonly onProgress?: (progress: { readonly rows: number; readonly of: number }) => void;
  readonly cancelled?: () => boolean;
}

const NEWLINE = new Uint8Array([10]);

/** A verification in progress: the tree stays small, and a serial and a code of each token are remembered. */
export class ExportVerifier {
  readonly #lines = new LineCutter();
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #sha256: Sha256;
  readonly #tree: CompletenessTree;
  /** Over every byte, and over those before the end line. */
  readonly #whole: RunningSha256;
  readonly #body: RunningSha256;
  readonly #serials = new Set<string>();
  readonly #codes = new Set<string>();
  readonly #onReplacement: (row: ExportRow) => void;
  #reader: ExportReader | undefined;
  #manifest: ExportManifest | undefined;
  #line = 0;
  #rows = 0;
  /** The position that belongs next; null: a file of replacements begins where it begins. */
  #next: number | null = 1;
  #ended = false;

  constructor({ sha256, startSha256, onReplacement = () => undefined }: ExportVerifyOptions) {
    this.#sha256 = sha256;
    this.#onReplacement = onReplacement;
    this.#tree = new CompletenessTree(sha256);
    [this.#whole, this.#body] = [startSha256(), startSha256()];
  }

  get progress(): { readonly rows: number; readonly of: number } {
    const { format, count = 0, replacements = 0 } = this.#manifest ?? {};
    return { rows: this.#rows, of: format === REPLACEMENTS_FORMAT ? replacements : count + replacements };
  }

  /** @throws ExportProblem at the first line that is not as it must be */
  push(chunk: Uint8Array): void {
    this.#whole.update(chunk);
    try {
      for (const line of this.#lines.cut(chunk)) this.#take(line);
    } catch (error) {
      if (error instanceof RangeError) throw this.#problem('format', 'this line is too long');
      throw error;
    }
  }

  /** @throws ExportProblem when something is missing */
  finish(): ExportReport {
    if (this.#ended && this.#lines.rest.length === 0)
      return { ...this.report('consistent', null), sha256: hex.encode(this.#whole.digest()) };
    this.#line += 1;
    throw this.#problem('truncated', 'the file ends too early');
  }

  report(verdict: ExportReport['verdict'], problem: ExportReport['problem']): ExportReport {
    return { verdict, problem, manifest: this.#manifest ?? null, rows: this.#rows, sha256: null };
  }

  #problem(code: ExportProblemCode, message: string): ExportProblem {
    return new ExportProblem(code, this.#line, message);
  }

  #textOf(line: Uint8Array): string {
    try {
      return this.#utf8.decode(line);
    } catch {
      throw this.#problem('format', 'this line is no text');
    }
  }

  #take(line: Uint8Array): void {
    this.#line += 1;
    if (this.#ended) throw this.#problem('trailing', 'the file goes on after its end');
    const text = this.#textOf(line);
    this.#reader ??= readerOf(text);
    const reader = this.#reader;
    const at = this.#line - 1;
    const kind = reader?.head[at];
    const read = kind ? reader?.readHead(kind, text, at) : reader?.readBody(text);
    if (!read) throw this.#problem('format', 'this line is not one of an export of a mint job');
    if (read.type === 'end') {
      this.#end(read.end);
      return;
    }
    if (read.type === 'manifest') this.#begin(read.manifest);
    if (read.type === 'row') this.#row(read.row);
    this.#body.update(line);
    this.#body.update(NEWLINE);
  }

  #begin(manifest: ExportManifest): void {
    this.#manifest = manifest;
    if (manifest.format !== REPLACEMENTS_FORMAT) return;
    if (manifest.replacements === 0) throw this.#problem('format', 'a file of replacements holds some');
    this.#next = null;
  }

  #row(row: ExportRow): void {
    const { count } = this.#manifest ?? { count: 0 };
    const next = this.#next ?? Math.max(row.position, count + 1);
    if (row.position !== next || this.#rows >= this.progress.of)
      throw this.#problem('position', `position ${row.position} stands where ${next} belongs`);
    if (this.#serials.has(row.serial)) throw this.#problem('serial', `serial ${row.serial} is there twice`);
    // A code is named by its hash: a report may be shown around.
    if (normalizeTokenCode(row.code) !== row.code)
      throw this.#problem('code', `the code at position ${next} is no token code`);
    if (this.#codes.has(row.codeHash) || this.#codes.has(row.code))
      throw this.#problem('code', `the code at position ${next} is there twice`);
    this.#serials.add(row.serial);
    this.#codes.add(row.codeHash).add(row.code);
    this.#prove(row, next <= count);
    this.#rows += 1;
    this.#next = next + 1;
    if (next === count) this.#compareRoot();
    if (next > count) this.#onReplacement(row);
  }

  #prove({ position, serial, codeHash, leaf }: ExportRow, inTree: boolean): void {
    const token = { position, serial, codeHash: hex.decode(codeHash) };
    try {
      const own = inTree ? this.#tree.add(token) : tokenLeaf(this.#sha256, token);
      if (hex.encode(own) === leaf) return;
    } catch (error) {
      if (error instanceof CompletenessError) throw this.#problem('format', error.message);
      throw error;
    }
    throw this.#problem('leaf', `the token at position ${position} is not the one of its leaf`);
  }

  #compareRoot(): void {
    if (hex.encode(this.#tree.root()) !== this.#manifest?.root)
      throw this.#problem('root', 'the tokens up to this line do not give the root of the job');
  }

  #end({ rows, sha256 }: ExportEnd): void {
    const { of } = this.progress;
    if (this.#rows < of) {
      const next = this.#next ?? (this.#manifest?.count ?? 0) + 1;
      throw this.#problem('position', `the end stands where position ${next} belongs`);
    }
    if (rows !== of || sha256 !== hex.encode(this.#body.digest()))
      throw this.#problem('end', 'the end does not say what the file held');
    this.#ended = true;
  }
}

/** Verifies an export of a mint job as it streams by. @param chunks of any size */
export async function verifyExport(
  chunks: AsyncIterable<Uint8Array>,
  options: ExportVerifyOptions,
): Promise<ExportReport> {
  const verifier = new ExportVerifier(options);
  try {
    for await (const chunk of chunks) {
      if (options.cancelled?.()) return verifier.report('cancelled', null);
      verifier.push(chunk);
      options.onProgress?.(verifier.progress);
    }
    return verifier.finish();
  } catch (error) {
    if (!(error instanceof ExportProblem)) throw error;
    const { code, line, message } = error;
    return verifier.report('refused', { code, line, message });
  }
}

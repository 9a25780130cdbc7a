import { createHash } from 'node:crypto';
import { CompletenessTree, tokenLeaf } from '../../../shared/ledger/completeness.ts';
import {
  type ExportManifest,
  type ExportRow,
  type ExportWriter,
  REPLACEMENTS_FORMAT,
} from '../../../shared/ledger/mint-export/format.ts';
import { ExportError } from './export-error.ts';
import type { StoredToken } from './store.ts';

/** Opens the envelope of a token's code. @throws when it does not open */
export type OpenCode = (token: StoredToken) => string;

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What the QR code of a token says. Null where no scan plane is configured. */
export const scanUrl = (origin: string | null, code: string): string | null =>
  origin === null ? null : `${origin}/s/${code}`;

/** @throws ExportError `unreadable`, which names the position and nothing of the code */
export function codeOf(token: StoredToken, openCode: OpenCode): string {
  try {
    return openCode(token);
  } catch (cause) {
    throw new ExportError('unreadable', `the code at position ${token.position} does not open`, { cause });
  }
}

export interface ListParts {
  readonly writer: ExportWriter;
  readonly manifest: ExportManifest;
  /** The position of the first row. */
  readonly first: number;
  readonly openCode: OpenCode;
  readonly resolverOrigin: string | null;
  /** In the order of their positions, a batch at a time. */
  readonly tokens: AsyncIterable<readonly StoredToken[]>;
  progress(rows: number): Promise<void>;
}

/**
 * Writes the tokens and proves them on the way: what does not give the root of the job is no export of it. Replacements stand
 * outside of the root, in a file of their own too; there the log alone says which they are.
 */
class List {
  readonly #parts: ListParts;
  readonly #tree = new CompletenessTree(sha256);
  readonly #body = createHash('sha256');
  rows = 0;

  constructor(parts: ListParts) {
    this.#parts = parts;
  }

  head(): Buffer {
    return this.#hashed(this.#parts.writer.head(this.#parts.manifest));
  }

  body(tokens: readonly StoredToken[]): Buffer {
    return this.#hashed(tokens.map((token) => this.#parts.writer.row(this.#row(token))).join(''));
  }

  end(): Buffer {
    const { manifest, writer } = this.#parts;
    const isWhole = manifest.format !== REPLACEMENTS_FORMAT;
    const wanted = (isWhole ? manifest.count : 0) + manifest.replacements;
    if (this.rows !== wanted || (isWhole && hex(this.#tree.root()) !== manifest.root))
      throw new ExportError('incomplete', `the tokens of ${manifest.jobId} are not those of its root`);
    return Buffer.from(writer.end({ rows: this.rows, sha256: this.#body.digest('hex') }));
  }

  #hashed(text: string): Buffer {
    const bytes = Buffer.from(text);
    this.#body.update(bytes);
    return bytes;
  }

  #row(token: StoredToken): ExportRow {
    const { manifest, openCode, resolverOrigin } = this.#parts;
    const { position, serial, code_hash: codeHash, state } = token;
    const next = this.#parts.first + this.rows;
    if (position !== next)
      throw new ExportError('incomplete', `position ${next} of ${manifest.jobId} is not there`);
    this.rows += 1;
    const proven = { position, serial, codeHash };
    const leaf = position <= manifest.count ? this.#tree.add(proven) : tokenLeaf(sha256, proven);
    const code = codeOf(token, openCode);
    const url = scanUrl(resolverOrigin, code) ?? '';
    return { position, serial, code, codeHash: hex(codeHash), leaf: hex(leaf), url, state };
  }
}

/** The file of a list, in pieces; what is in memory does not grow with it. */
export async function* listFile(parts: ListParts): AsyncGenerator<Uint8Array> {
  const list = new List(parts);
  yield list.head();
  for await (const tokens of parts.tokens) {
    yield list.body(tokens);
    await parts.progress(list.rows);
  }
  yield list.end();
}

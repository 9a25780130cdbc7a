import { hex } from '@scure/base';
import type { Sha256 } from '../merkle.ts';
import { HASH_BYTES, subtreesOf, TILE_HEIGHT, TILE_WIDTH } from '../tiles.ts';
import { hexBytes, numberAt, standsAt } from './bytes.ts';
import {
  type Manifest,
  type OpenedEntry,
  spine as spineSchema,
  tileRoots,
  tile as tileSchema,
} from './format.ts';
import { openEntry } from './opening.ts';
import { BundleProblem } from './problem.ts';
import { readJsonLine } from './read-line.ts';
import { firstFalse, innerOf, levelsOf, same, TreeBuilder } from './tree.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const ENTRY = ascii('{"n":');
const LENGTH = ascii(',"l":');
const LEAF = ascii(',"leaf":');
const CONTENT = ascii(',"entry":');

export interface Walk {
  readonly sha256: Sha256;
  readonly manifest: Manifest;
  readonly head: { readonly size: number; readonly root: Uint8Array };
  readonly open: boolean;
  readonly onEntry: ((entry: OpenedEntry) => void) | undefined;
  readonly older: { readonly size: number; readonly root: Uint8Array } | undefined;
}

/** The tile that is being read: its leaves, and which of its entries must still come. */
interface Current {
  readonly first: number;
  readonly leaves: Uint8Array;
  /** Offsets of entries that are not there yet, in order; null for all of them. */
  readonly shown: readonly number[] | null;
  readonly count: number;
  done: number;
}

/** Everything between manifest and end. What was verified is forgotten, but for 32 bytes a tile of 256 entries. */
export class TileWalk {
  readonly #walk: Walk;
  readonly #tileCount: number;
  /** Hash of each tile: claimed by the bundle, and proven by the checkpoint before the first tile is read. */
  #roots: Uint8Array;
  #rootsRead = 0;
  #spine: ReturnType<typeof spineSchema.parse> | undefined;
  #older: TreeBuilder | undefined;
  #current: Current | undefined;
  #leafInput = new Uint8Array(4096);
  tiles = 0;
  entries = 0;
  withheld = 0;

  constructor(walk: Walk) {
    this.#walk = walk;
    const { first, end } = walk.manifest;
    this.#tileCount = Math.ceil((end - first) / TILE_WIDTH);
    this.#roots = new Uint8Array(0);
    this.#older = walk.older && new TreeBuilder(walk.sha256);
  }

  /** The number that comes next, or that something is wrong about. */
  get next(): number {
    const current = this.#current;
    if (!current)
      return Math.min(this.#walk.manifest.first + this.tiles * TILE_WIDTH, this.#walk.manifest.end);
    return current.first + (current.shown ? (current.shown[current.done] ?? current.count) : current.done);
  }

  get done(): boolean {
    return (
      this.#spine !== undefined &&
      this.#rootsRead === this.#tileCount &&
      this.tiles === this.#tileCount &&
      this.#current === undefined
    );
  }

  take(line: Uint8Array): void {
    if (!this.#spine) this.#takeSpine(line);
    else if (this.#rootsRead < this.#tileCount) this.#takeRoots(line);
    else if (this.#current) this.#takeEntry(line, this.#current);
    else this.#takeTile(line);
  }

  #takeSpine(line: Uint8Array): void {
    const { first, end } = this.#walk.manifest;
    const read = readJsonLine(line, spineSchema, first);
    const [left, right] = [
      subtreesOf({ begin: 0, end: first }),
      subtreesOf({ begin: end, end: this.#walk.head.size }),
    ];
    if (read.left.length !== left.length || read.right.length !== right.length)
      throw new BundleProblem('tree', first, 'the hashes beside the range are not those of this log');
    this.#spine = read;
    if (this.#tileCount === 0) this.#proveRoots();
  }

  #takeRoots(line: Uint8Array): void {
    const { first } = this.#walk.manifest;
    const { from, roots } = readJsonLine(line, tileRoots, first);
    const bytes = hexBytes(ascii(roots));
    const expected = Math.min(TILE_WIDTH, this.#tileCount - this.#rootsRead);
    if (!bytes || from !== first / TILE_WIDTH + this.#rootsRead || bytes.length !== expected * HASH_BYTES)
      throw new BundleProblem(
        'format',
        first + this.#rootsRead * TILE_WIDTH,
        'the tile roots are not complete',
      );
    const held = (this.#rootsRead + expected) * HASH_BYTES;
    if (held > this.#roots.length) {
      const grown = new Uint8Array(Math.max(held, Math.min(2 * held, this.#tileCount * HASH_BYTES)));
      grown.set(this.#roots);
      this.#roots = grown;
    }
    this.#roots.set(bytes, this.#rootsRead * HASH_BYTES);
    this.#rootsRead += expected;
    if (this.#rootsRead === this.#tileCount) this.#proveRoots();
  }

  #rootOf(tile: number): Uint8Array {
    return this.#roots.slice(tile * HASH_BYTES, (tile + 1) * HASH_BYTES);
  }

  /** The roots of all tiles, with what is beside them, must give the root of the checkpoint. */
  #proveRoots(): void {
    const { manifest, head, sha256 } = this.#walk;
    const tree = new TreeBuilder(sha256);
    const append = (begin: number, end: number, hashes: readonly string[]) => {
      for (const [i, { height }] of subtreesOf({ begin, end }).entries())
        tree.append(height, hex.decode(hashes[i] ?? ''));
    };
    append(0, manifest.first, this.#spine?.left ?? []);
    const partial = manifest.end % TILE_WIDTH !== 0;
    for (let i = 0; i < this.#tileCount - (partial ? 1 : 0); i += 1)
      tree.append(TILE_HEIGHT, this.#rootOf(i));
    append(manifest.end, head.size, this.#spine?.right ?? []);
    const root = tree.root(partial ? this.#rootOf(this.#tileCount - 1) : undefined);
    if (!same(root, head.root))
      throw new BundleProblem(
        'tree',
        manifest.first,
        'the tree of the bundle is not the one of the checkpoint',
      );
    if (this.#walk.older?.size === 0) this.#compareOlder(tree, undefined);
  }

  #takeTile(line: Uint8Array): void {
    const { manifest, sha256 } = this.#walk;
    const first = manifest.first + this.tiles * TILE_WIDTH;
    this.refuseStray(line, first);
    const read = readJsonLine(line, tileSchema, first);
    const count = Math.min(TILE_WIDTH, manifest.end - first);
    const [leaves, inner] = [hexBytes(ascii(read.leaves)), hexBytes(ascii(read.inner))];
    if (read.tile !== first / TILE_WIDTH)
      throw new BundleProblem(
        'missing',
        first,
        `tile ${read.tile} stands where ${first / TILE_WIDTH} should`,
      );
    const fits = leaves?.length === count * HASH_BYTES && inner?.length === (count - 1) * HASH_BYTES;
    const shown = this.#shownOf(read.shown, first, count);
    if (!leaves || !inner || !fits) throw new BundleProblem('format', first, 'a tile has not its hashes');
    const root = this.#rootOf(this.tiles);
    const levels = levelsOf(sha256, leaves);
    const rootIsRight = same(levels.at(-1) ?? leaves, root);
    if (!rootIsRight || !same(innerOf(levels), inner))
      throw new BundleProblem(
        'tree',
        first + (rootIsRight ? 0 : firstFalse(sha256, levels, inner, root)),
        'a leaf is not the one of the log',
      );
    this.#watchOlder(first, count, leaves, root);
    this.tiles += 1;
    if (count > 0 && shown?.length !== 0) this.#current = { first, leaves, shown, count, done: 0 };
  }

  #shownOf(shown: readonly number[] | undefined, first: number, count: number): readonly number[] | null {
    const { complete } = this.#walk.manifest;
    if (complete !== (shown === undefined))
      throw new BundleProblem('format', first, 'the tile does not say which entries it shows');
    const isSorted = shown?.every((offset, i) => offset < count && offset > (shown[i - 1] ?? -1)) ?? true;
    if (!isSorted) throw new BundleProblem('format', first, 'the tile does not say which entries it shows');
    return shown ?? null;
  }

  /** An entry where none may stand: after all entries of its tile it is there twice. */
  refuseStray(line: Uint8Array, first = this.next): void {
    if (!standsAt(line, 0, ENTRY)) return;
    const found = numberAt(line, ENTRY.length)?.value ?? first;
    const code = found < first ? 'duplicate' : 'missing';
    throw new BundleProblem(code, Math.min(found, first), `entry ${found} stands where it should not`);
  }

  #takeEntry(line: Uint8Array, current: Current): void {
    const number = this.next;
    const found = standsAt(line, 0, ENTRY) ? numberAt(line, ENTRY.length) : undefined;
    if (!found) throw new BundleProblem('missing', number, `entry ${number} is not there`);
    if (found.value !== number) {
      const code = found.value < number ? 'duplicate' : 'missing';
      throw new BundleProblem(
        code,
        Math.min(found.value, number),
        `entry ${found.value} stands where ${number} should`,
      );
    }
    const leaf = this.#leafOf(line, found.end, number);
    const offset = (number - current.first) * HASH_BYTES;
    const hash = current.leaves.subarray(offset, offset + HASH_BYTES);
    if (!same(this.#hashOf(leaf), hash))
      throw new BundleProblem('leaf', number, `entry ${number} is not the one of the log`);
    if (this.#walk.open) {
      const { withheld, entry } = openEntry(this.#walk.sha256, line, number, leaf);
      this.withheld += withheld;
      this.#walk.onEntry?.(entry);
    }
    this.entries += 1;
    current.done += 1;
    if (current.done === (current.shown?.length ?? current.count)) this.#current = undefined;
  }

  /** The bytes that were hashed: their length stands before them, so nothing is parsed to find them. */
  #leafOf(line: Uint8Array, end: number, number: number): Uint8Array {
    const length = standsAt(line, end, LENGTH) ? numberAt(line, end + LENGTH.length) : undefined;
    const start = length && standsAt(line, length.end, LEAF) ? length.end + LEAF.length : -1;
    if (!length || start < 0 || !standsAt(line, start + length.value, CONTENT))
      throw new BundleProblem('format', number, 'the entry is not written as entries are');
    return line.subarray(start, start + length.value);
  }

  #hashOf(leaf: Uint8Array): Uint8Array {
    if (leaf.length >= this.#leafInput.length) this.#leafInput = new Uint8Array(2 * leaf.length + 1);
    this.#leafInput.set(leaf, 1);
    return this.#walk.sha256(this.#leafInput.subarray(0, leaf.length + 1));
  }

  #watchOlder(first: number, count: number, leaves: Uint8Array, root: Uint8Array): void {
    const { older, sha256 } = this.#walk;
    if (!older || !this.#older || older.size <= first) return;
    if (older.size <= first + count) {
      const part = leaves.subarray(0, (older.size - first) * HASH_BYTES);
      this.#compareOlder(this.#older, levelsOf(sha256, part).at(-1));
    } else this.#older.append(TILE_HEIGHT, root);
  }

  #compareOlder(tree: TreeBuilder, last: Uint8Array | undefined): void {
    const { older, manifest, sha256 } = this.#walk;
    const root = older?.size === 0 ? new TreeBuilder(sha256).root() : tree.root(last);
    if (older && !same(root, older.root))
      throw new BundleProblem(
        'inconsistent',
        manifest.first,
        `the log was another one at size ${older.size}`,
      );
  }
}

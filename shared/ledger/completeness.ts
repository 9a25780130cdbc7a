import { Frame } from './frame.ts';
import { appendLeaf, EMPTY_FRONTIER, type Frontier, leafHash, rootOf, type Sha256 } from './merkle.ts';

/**
 * The completeness proof of a mint job: the RFC 6962 root over its tokens in the order of their positions, which begin at 1.
 * Position, serial and code hash make a leaf, so that one root and one count leave room for exactly one set of tokens.
 */
const DOMAIN = 'sallyport/minting/token/v1';
const HASH_BYTES = 32;
const POSITION_BYTES = 8;
/** A domain, a position, a serial of any length in use and a hash, each with its length. */
const ROOM_BYTES = 512;
/** Half a surrogate pair has no bytes of its own in UTF-8: two serials would share a leaf. */
const HALF_PAIR = /\p{Surrogate}/u;

/**
 * - `position`: not the next one, so that a token is missing here or stands here twice
 * - `malformed`: a serial or a code hash that no token has
 */
export class CompletenessError extends Error {
  override readonly name = 'CompletenessError';
  readonly code: 'position' | 'malformed';

  constructor(code: CompletenessError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** What the proof knows of a token. It holds the keyed hash of its code, so a proof gives no code away. */
export interface ProvenToken {
  /** From 1. */
  readonly position: number;
  readonly serial: string;
  /** HMAC-SHA-256 of the normalised code: 32 bytes. */
  readonly codeHash: Uint8Array;
}

function checkToken({ position, serial, codeHash }: ProvenToken): void {
  const [isCount, isHash] = [Number.isSafeInteger(position) && position >= 1, codeHash.length === HASH_BYTES];
  if (isCount && isHash && serial !== '' && !HALF_PAIR.test(serial)) return;
  throw new CompletenessError('malformed', 'a token has a position from 1, a serial and a hash of 32 bytes');
}

/** Leaves of tokens, one after the other, in memory that is used again: taking new memory for each cost more than hashing it. */
class TokenLeaves {
  readonly #sha256: Sha256;
  readonly #frame = new Frame(ROOM_BYTES).add(DOMAIN);
  readonly #domain = this.#frame.length;
  readonly #position = new Uint8Array(POSITION_BYTES);
  readonly #count = new DataView(this.#position.buffer);

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  of(token: ProvenToken): Uint8Array {
    checkToken(token);
    const { position, serial, codeHash } = token;
    this.#count.setUint32(0, Math.floor(position / 2 ** 32));
    this.#count.setUint32(4, position % 2 ** 32);
    this.#frame.cut(this.#domain).add(this.#position).add(serial).add(codeHash);
    return leafHash(this.#sha256, this.#frame.bytes);
  }
}

/**
 * RFC 6962 leaf hash over domain, position (64 bits, big-endian), serial and code hash, each with its length in front.
 * @throws CompletenessError `malformed`
 */
export const tokenLeaf = (sha256: Sha256, token: ProvenToken): Uint8Array =>
  new TokenLeaves(sha256).of(token);

/** Grows the root of a job token by token, in O(log n) memory. */
export class CompletenessTree {
  readonly #sha256: Sha256;
  readonly #leaves: TokenLeaves;
  #frontier: Frontier = EMPTY_FRONTIER;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
    this.#leaves = new TokenLeaves(sha256);
  }

  /** How many tokens there are. */
  get size(): number {
    return this.#frontier.size;
  }

  /** @returns the leaf of the token. @throws CompletenessError `position` unless it is the next one, `malformed` */
  add(token: ProvenToken): Uint8Array {
    const leaf = this.#leaves.of(token);
    const next = this.size + 1;
    if (token.position !== next)
      throw new CompletenessError('position', `position ${token.position} stands where ${next} belongs`);
    this.#frontier = appendLeaf(this.#sha256, this.#frontier, leaf);
    return leaf;
  }

  /** Merkle tree hash over what is there: 32 bytes. */
  root(): Uint8Array {
    return rootOf(this.#sha256, this.#frontier);
  }
}

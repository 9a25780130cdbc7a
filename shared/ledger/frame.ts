const encoder = new TextEncoder();
const FIRST_BYTES = 4096;
/** Up to here a loop over the characters costs less than asking the encoder. */
const SHORT = 128;
const LENGTH_BYTES = 4;

/**
 * Parts with their lengths in front (32 bits, big-endian), so that no two lists of parts give the same bytes. Written into
 * memory that is used again: a log hashes ten of these for each entry, and collecting them cost more than hashing.
 */
export class Frame {
  #bytes: Uint8Array;
  #length = 0;

  /** @param room bytes that it begins with; it grows when they are too few */
  constructor(room = FIRST_BYTES) {
    this.#bytes = new Uint8Array(room);
  }

  get length(): number {
    return this.#length;
  }

  /** What was added, until more is added. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was added after so many bytes. */
  cut(length = 0): this {
    this.#length = length;
    return this;
  }

  add(part: string | Uint8Array): this {
    const at = this.#length + LENGTH_BYTES;
    this.#reserve(at + (typeof part === 'string' ? 3 * part.length : part.length));
    const written = typeof part === 'string' ? this.#write(part, at) : part.length;
    if (typeof part !== 'string') this.#bytes.set(part, at);
    const bytes = this.#bytes;
    bytes[at - 4] = written >>> 24;
    bytes[at - 3] = written >>> 16;
    bytes[at - 2] = written >>> 8;
    bytes[at - 1] = written;
    this.#length = at + written;
    return this;
  }

  #write(text: string, at: number): number {
    const bytes = this.#bytes;
    for (let i = 0; text.length <= SHORT; i += 1) {
      if (i === text.length) return i;
      const code = text.charCodeAt(i);
      if (code > 0x7f) break;
      bytes[at + i] = code;
    }
    return encoder.encodeInto(text, bytes.subarray(at)).written;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * length);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** The most that a part takes: three bytes for each character of a text. */
const roomOf = (part: string | Uint8Array): number =>
  LENGTH_BYTES + (typeof part === 'string' ? 3 * part.length : part.length);

/** These parts in memory of their own, and of no more than they may need. */
export function framed(parts: readonly (string | Uint8Array)[]): Uint8Array {
  const frame = new Frame(parts.reduce((room, part) => room + roomOf(part), 0));
  for (const part of parts) frame.add(part);
  return frame.bytes;
}

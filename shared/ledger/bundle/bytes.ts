const NEWLINE = 10;
/** No line of a bundle comes near; what is longer is not read into memory. */
const LONGEST_LINE = 8 * 1024 * 1024;

/** Cuts chunks into lines without their line breaks. A line is valid until the next one is asked for. */
export class LineCutter {
  #rest = new Uint8Array(0);

  /** @throws RangeError for a line that is too long to be one of a bundle */
  *cut(chunk: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      const line = chunk.subarray(from, to);
      yield this.#rest.length === 0 ? line : this.#take(line);
      from = to + 1;
    }
    if (from < chunk.length) this.#rest = this.#take(chunk.subarray(from));
  }

  /** What follows the last line break. */
  get rest(): Uint8Array {
    return this.#rest;
  }

  #take(end: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.#rest.length + end.length > LONGEST_LINE) throw new RangeError('a line is too long');
    const whole = new Uint8Array(this.#rest.length + end.length);
    whole.set(this.#rest);
    whole.set(end, this.#rest.length);
    this.#rest = new Uint8Array(0);
    return whole;
  }
}

const DIGITS = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit += 1) DIGITS[digit.toString(16).charCodeAt(0)] = digit;

/** Lower-case hex as it stands in a line. @returns undefined for anything else */
export function hexBytes(text: Uint8Array): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  let wrong = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const high = DIGITS[text[2 * i] ?? 0] ?? -1;
    const low = DIGITS[text[2 * i + 1] ?? 0] ?? -1;
    wrong |= high | low;
    bytes[i] = (high << 4) | low;
  }
  return wrong < 0 ? undefined : bytes;
}

/** Whether these bytes stand in the line from there on. */
export function standsAt(line: Uint8Array, offset: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i += 1) if (line[offset + i] !== wanted[i]) return false;
  return true;
}

/** A decimal number without leading zeros. @returns it and where it ends, or undefined */
export function numberAt(line: Uint8Array, offset: number): { value: number; end: number } | undefined {
  let [value, end] = [0, offset];
  for (; end < line.length && end - offset < 15; end += 1) {
    const digit = (line[end] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const length = end - offset;
  return length === 0 || (length > 1 && line[offset] === 48) ? undefined : { value, end };
}

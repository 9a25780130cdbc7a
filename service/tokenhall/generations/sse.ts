import { UpstreamError } from '../upstream/upstream-error.ts';

/** One event as it came, its blank line included, and its data. Comments have none. */
export interface RawEvent {
  readonly raw: string;
  readonly data: string | null;
}

/** Larger than any event that is not an attack on our memory. */
const LARGEST_EVENT = 4 * 1024 * 1024;

const BLANK_LINE = /\r?\n\r?\n/g;
/** All but the last character of the longest end of an event. */
const BEGUN_END = 3;

function dataOf(raw: string): string | null {
  const lines = raw.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  if (lines.length === 0) return null;
  return lines.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n');
}

/**
 * Splits the bytes of an event stream (WHATWG HTML section 9.2) into whole events; what is incomplete waits for the next bytes.
 * A `\r` alone as the end of a line is left out: no provider writes it. What waits is not searched again at every piece: a long
 * event that comes a byte at a time must not cost the square of its length.
 */
export class EventSplitter {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #rest = '';
  /** The last characters of what waits. */
  #tail = '';

  /** @throws UpstreamError `garbage` for what is not UTF-8, `too-large` for an event without an end */
  push(bytes: Uint8Array): RawEvent[] {
    const text = this.#decoded(bytes);
    const seen = this.#tail + text;
    this.#rest += text;
    this.#tail = seen.slice(-BEGUN_END);
    const events = seen.search(BLANK_LINE) < 0 ? [] : this.#take();
    if (this.#rest.length > LARGEST_EVENT)
      throw new UpstreamError('too-large', 'an event of the provider’s stream is too large');
    return events;
  }

  /** Whether it ended in the middle of an event. */
  get broken(): boolean {
    return this.#rest.trim() !== '';
  }

  #decoded(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch {
      throw new UpstreamError('garbage', 'the provider’s stream is not UTF-8');
    }
  }

  /** The events that are whole. */
  #take(): RawEvent[] {
    const events: RawEvent[] = [];
    let start = 0;
    for (const match of this.#rest.matchAll(BLANK_LINE)) {
      const end = match.index + match[0].length;
      const raw = this.#rest.slice(start, end);
      events.push({ raw, data: dataOf(raw) });
      start = end;
    }
    this.#rest = this.#rest.slice(start);
    this.#tail = this.#rest.slice(-BEGUN_END);
    return events;
  }
}

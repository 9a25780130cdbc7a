import { UpstreamError } from '../upstream/upstream-error.ts';

/** One event as it came, its blank line included, and its data. Comments have none. */
export interface RawEvent {
  readonly raw: string;
  readonly data: string | null;
}

/** Larger than any event that is not an attack on our memory. */
const LARGEST_EVENT = 4 * 1024 * 1024;

const BLANK_LINE = /\r?\n\r?\n/g;

function dataOf(raw: string): string | null {
  const lines = raw.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  if (lines.length === 0) return null;
  return lines.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n');
}

/**
 * Splits the bytes of an event stream (WHATWG HTML section 9.2) into whole events; what is incomplete waits for the next bytes.
 * A `\r` alone as the end of a line is left out: no provider writes it.
 */
export class EventSplitter {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #rest = '';

  /** @throws UpstreamError `garbage` for what is not UTF-8, `too-large` for an event without an end */
  push(bytes: Uint8Array): RawEvent[] {
    try {
      this.#rest += this.#decoder.decode(bytes, { stream: true });
    } catch {
      throw new UpstreamError('garbage', 'the provider’s stream is not UTF-8');
    }
    const events: RawEvent[] = [];
    let start = 0;
    for (const match of this.#rest.matchAll(BLANK_LINE)) {
      const end = match.index + match[0].length;
      const raw = this.#rest.slice(start, end);
      events.push({ raw, data: dataOf(raw) });
      start = end;
    }
    if (start > 0) this.#rest = this.#rest.slice(start);
    if (this.#rest.length > LARGEST_EVENT)
      throw new UpstreamError('too-large', 'an event of the provider’s stream is too large');
    return events;
  }

  /** Whether it ended in the middle of an event. */
  get broken(): boolean {
    return this.#rest.trim() !== '';
  }
}

import type { Style } from '../routing/rules.ts';
import type { UpstreamErrorCode } from '../upstream/upstream-error.ts';

/** A request body after its schema: any JSON object with the fields that are held by. */
export interface GenerationBody {
  readonly model: string;
  readonly messages: readonly unknown[];
  readonly stream?: boolean | null | undefined;
  readonly [field: string]: unknown;
}

/** What a body can cost at most, in tokens, before anybody has tokenised it. */
export interface Bound {
  /** Of everything that is text. */
  readonly input: number;
  readonly images: number;
  readonly output: number;
}

/** What a provider said that it counted; a figure that it did not say is null. */
export interface Reported {
  readonly input: number | null;
  readonly output: number | null;
}

/** What we saw of an answer. */
export interface Seen {
  /** UTF-8 bytes of what was generated: text, reasoning, tool calls. */
  readonly bytes: number;
  /** Events that held some of it; no provider sends less than one token in one. */
  readonly pieces: number;
}

export interface ReadAnswer {
  readonly reported: Reported;
  readonly seen: Seen;
}

/** What one event of a stream means to the relay. */
export type EventVerdict =
  /** Goes on to the caller. */
  | 'pass'
  /** Was asked for by us and not by the caller. */
  | 'drop'
  /** The provider has said everything; told to the caller once it is paid. */
  | 'last'
  /** No event of this family. */
  | 'garbage'
  /** The provider says that it failed. */
  | 'failed';

export interface StreamReader {
  /** @param data of one event, unparsed */
  read(data: string): EventVerdict;
  readonly reported: Reported;
  readonly seen: Seen;
  /** Whether an end without a last event is an end all the same. */
  readonly finished: boolean;
  /** Events that tell the caller that the output was cut at its limit, and that it is over. */
  cut(): string;
}

export interface Dialect {
  readonly style: Style;
  readonly path: string;
  headers(material: string): Record<string, string>;
  /** @throws HttpError `bad_request` for what no price covers */
  bound(body: GenerationBody): Bound;
  /** The body as the provider gets it: with the limit that was held, and usage asked for. */
  outgoing(body: GenerationBody): string;
  /** @returns null when it is no answer of this family */
  readAnswer(answer: unknown): ReadAnswer | null;
  readStream(body: GenerationBody): StreamReader;
  /** The last event, as this family writes it. */
  readonly lastEvent: string;
  /** An error inside a stream. */
  errorEvent(error: {
    readonly code: number;
    readonly type: string;
    readonly message: string;
    readonly requestId: string;
  }): string;
}

/** Why a generation was not paid, as its row and its event say it. */
export type VoidReason = UpstreamErrorCode | 'internal';

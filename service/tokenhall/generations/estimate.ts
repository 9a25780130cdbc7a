import { HttpError } from '../../gate/http-error.ts';

/**
 * The upper bound of SPEC 6: no tokenizer of these families makes more tokens of a text than it has UTF-8 bytes. What a provider
 * adds around our text is bounded by these figures, which are above everything that providers document.
 */
const AROUND_A_REQUEST = 64;
const AROUND_A_MESSAGE = 16;
const AROUND_A_TOOL = 64;
/** The instructions that a provider adds once there are tools, and those of its own client-side tools. */
const AROUND_TOOLS = 1024;

/** Deeper than any tool schema; a body is attacker-controlled and walking it must not exhaust the stack. */
const MAX_DEPTH = 64;

const tooDeep = () => new HttpError('bad_request', `the body nests more than ${MAX_DEPTH} levels`);

/** UTF-8 bytes of everything in a value that a provider could turn into text: keys, strings, numbers and their marks. */
export function bytesOf(value: unknown, depth = 0): number {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + bytesOf(item, depth + 1) + 1, 2);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).reduce(
      (sum, [key, item]) => sum + Buffer.byteLength(key) + 4 + bytesOf(item, depth + 1),
      2,
    );
  return String(value).length;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const unpriced = (what: string): HttpError =>
  new HttpError('bad_request', `${what} costs what no price here covers; leave it out`);

/** Refuses fields by which a provider would do, and bill, more than generate tokens. */
export function refuseFields(body: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  for (const name of names)
    if (body[name] !== undefined && body[name] !== null) throw unpriced(`the field ${name}`);
}

export interface Counted {
  readonly bytes: number;
  readonly images: number;
}

/** Counts one part of a message's content. */
export type CountPart = (part: Readonly<Record<string, unknown>>) => Counted;

export const sum = (counts: readonly Counted[]): Counted => ({
  bytes: counts.reduce((total, { bytes }) => total + bytes, 0),
  images: counts.reduce((total, { images }) => total + images, 0),
});

export const textOnly = (value: unknown): Counted => ({ bytes: bytesOf(value), images: 0 });

/** One message: its content part by part, everything else as text. */
export function countMessage(message: unknown, countPart: CountPart): Counted {
  if (!isObject(message)) throw new HttpError('bad_request', 'a message is an object');
  const { content, ...rest } = message;
  if (!Array.isArray(content)) return textOnly(message);
  const parts = content.map((part) => (isObject(part) ? countPart(part) : textOnly(part)));
  return sum([textOnly(rest), ...parts]);
}

/** All of a body's input: messages part by part, tools and every other field as text. */
export function countInput(
  body: Readonly<Record<string, unknown>> & { readonly messages: readonly unknown[] },
  countPart: CountPart,
): { readonly input: number; readonly images: number } {
  const { messages, ...rest } = body;
  const { bytes, images } = sum([
    textOnly(rest),
    ...messages.map((message) => countMessage(message, countPart)),
  ]);
  const tools = Array.isArray(body.tools) ? body.tools.length : 0;
  const added =
    AROUND_A_REQUEST +
    messages.length * AROUND_A_MESSAGE +
    (tools > 0 ? AROUND_TOOLS + tools * (AROUND_A_TOOL + AROUND_TOOLS) : 0);
  return { input: bytes + added, images };
}

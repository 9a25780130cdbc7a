import { singleHeader } from './headers.ts';
import { HttpError } from './http-error.ts';

/** The largest admin body is an enrolment or a reason of 500 characters; 64 KiB leaves room and bounds a flood. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/**
 * The body exactly as it was sent: signatures and digests are about bytes, not about what a parser makes of them.
 * @throws HttpError `payload_too_large` | `bad_request` when the client stops half way
 */
export async function readRawBody(payload: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of payload) {
      size += chunk.length;
      if (size > limit)
        throw new HttpError('payload_too_large', `a body has at most ${limit} bytes`, {
          headers: { connection: 'close' },
        });
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    throw new HttpError('bad_request', 'the body ended before it was complete', { cause });
  }
  return Buffer.concat(chunks, size);
}

/** One media type, one charset, no parameter that a parser could read differently from us. */
const JSON_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i;

export function requireJson(rawHeaders: readonly string[]): void {
  const type = singleHeader(rawHeaders, 'content-type');
  if (type === null || !JSON_TYPE.test(type))
    throw new HttpError('unsupported_media_type', 'send application/json');
  const coding = singleHeader(rawHeaders, 'content-encoding');
  if (coding !== null && coding !== 'identity')
    throw new HttpError('unsupported_media_type', 'send the body without a content coding');
}

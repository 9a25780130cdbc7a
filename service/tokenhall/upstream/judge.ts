import { z } from 'zod';
import { readBounded, type UpstreamAnswer } from './client.ts';
import { UpstreamError } from './upstream-error.ts';

/** A refusal's body is read this far, and a sentence of it is passed on. */
const REFUSAL_BYTES = 64 * 1024;
const SENTENCE = 300;

const BUSY = new Set([429, 503, 529]);
const OUR_FAULT = new Set([400, 404, 409, 413, 415, 422]);

const refusal = z.object({ error: z.object({ message: z.string() }) });

/** What the provider says is wrong with the request, without the key that it may quote. */
async function sentenceOf(body: AsyncIterable<Uint8Array>, material: string): Promise<string> {
  try {
    const parsed = refusal.safeParse(JSON.parse((await readBounded(body, REFUSAL_BYTES)).toString('utf8')));
    if (parsed.success) return parsed.data.error.message.replaceAll(material, '…').slice(0, SENTENCE);
  } catch {
    // It is not JSON, or breaks off: its status has said enough.
  }
  return 'the provider gives no reason';
}

/**
 * What the status of an answer means. Anything but 200 is a failure, a redirect too: it would lead where nobody looked.
 * @param material the provider's key, so that its words are passed on without it
 * @returns undefined for a 200, whose body is unread
 */
export async function judgeAnswer(
  answer: UpstreamAnswer,
  material: string,
): Promise<UpstreamError | undefined> {
  const { status, body, retryAfterSeconds } = answer;
  if (status === 200) return undefined;
  if (OUR_FAULT.has(status))
    return new UpstreamError(
      'refused',
      `the provider answers ${status}: ${await sentenceOf(body, material)}`,
    );
  await body.dump({ limit: REFUSAL_BYTES }).catch(() => undefined);
  if (BUSY.has(status))
    return new UpstreamError('busy', 'the provider takes no requests now', {
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  if (status === 401 || status === 403)
    return new UpstreamError('failed', 'the provider refuses the key that is stored for it');
  return new UpstreamError(
    'failed',
    status >= 300 && status < 400
      ? 'the provider redirects, and redirects are not followed'
      : `the provider answers ${status}`,
  );
}

import { Agent, request } from 'undici';
import { BenchError } from '../errors.ts';
import { quantile } from '../statistics.ts';

export interface Load {
  /** Answers a second. */
  readonly rate: number;
  /** Milliseconds to the last byte, of the slowest hundredth. */
  readonly p99: number;
}

export interface Loaded {
  readonly url: string;
  /** Headers of the n-th caller. */
  headers(n: number): Record<string, string>;
}

const BEARABLE = 0.001;

/**
 * Callers that each ask again as soon as they are answered, for so many seconds.
 * @throws BenchError when more than one answer in a thousand is not a 200: a gateway that refuses is fast
 */
export async function load(
  { url, headers }: Loaded,
  body: string,
  callers: number,
  seconds: number,
): Promise<Load> {
  const dispatcher = new Agent({ connections: callers, pipelining: 1 });
  const times: number[] = [];
  const failures: string[] = [];
  const begun = performance.now();
  const call = async (n: number) => {
    const sent = { 'content-type': 'application/json', ...headers(n) };
    while (performance.now() - begun < seconds * 1000) {
      const start = performance.now();
      const answer = await request(url, { method: 'POST', dispatcher, headers: sent, body });
      const text = await answer.body.text();
      if (answer.statusCode === 200) times.push(performance.now() - start);
      else failures.push(`${answer.statusCode}: ${text.slice(0, 200)}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: callers }, (_, n) => call(n)));
    if (failures.length > times.length * BEARABLE)
      throw new BenchError('request', `${url} failed ${failures.length} times, like this: ${failures[0]}`);
    return { rate: times.length / ((performance.now() - begun) / 1000), p99: quantile(times, 0.99) };
  } finally {
    await dispatcher.destroy();
  }
}

import { describe, expect, it } from 'vitest';
import { createTurnstile } from './turnstile.ts';

/** Work that ends when the test says so. */
function controlled() {
  const pending: { resolve(): void; reject(error: Error): void }[] = [];
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve, reject) => pending.push({ resolve, reject })).finally(() => {
      running -= 1;
    });
  };
  return { work, pending, most: () => most, running: () => running };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the turnstile', () => {
  it('runs so many at once, keeps so many waiting, and refuses the next with a time to come back', async () => {
    const { work, pending, most } = controlled();
    const turnstile = createTurnstile({ running: 2, waiting: 3 });
    const accepted = Array.from({ length: 5 }, () => turnstile(work));
    await expect(turnstile(work)).rejects.toMatchObject({
      code: 'unavailable',
      status: 503,
      headers: { 'retry-after': '1' },
    });
    for (let done = 0; done < 5; done += 1) {
      await settled();
      pending.shift()?.resolve();
    }
    await Promise.all(accepted);
    expect(most()).toBe(2);
  });

  it('gives the place of work that failed to the next', async () => {
    const { work, pending, running } = controlled();
    const turnstile = createTurnstile({ running: 1, waiting: 1 });
    const first = turnstile(work);
    const second = turnstile(work);
    await settled();
    pending.shift()?.reject(new Error('no memory'));
    await expect(first).rejects.toThrow('no memory');
    await settled();
    expect(running()).toBe(1);
    pending.shift()?.resolve();
    await second;
    await expect(turnstile(async () => 'free again')).resolves.toBe('free again');
  });
});

import { describe, expect, it } from 'vitest';
import type { DeepStep } from './deep.ts';
import { type DeepHandlerDeps, deepHandlers } from './routes.ts';

/** Verifies nothing: what is read of it takes as long as the test says. */
function pretend() {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let runs = 0;
  async function* verify(): AsyncGenerator<DeepStep> {
    runs += 1;
    yield { step: 'progress', done: 1, of: 2 };
    if (runs === 1) await ended;
    yield { step: 'progress', done: 2, of: 2 };
  }
  const deps = { verify } as unknown as DeepHandlerDeps;
  return { handler: deepHandlers(deps)['ledger.deepVerify'], end, runs: () => runs };
}

const readerOf = (closed = new AbortController().signal, broken = false) => {
  const words: string[] = [];
  const write = (text: string) => words.push(text) > 0;
  const open = () => {
    if (broken) throw new Error('nobody listens');
    return { write, drained: () => Promise.resolve() };
  };
  return { words, io: { headers: {}, closed, open } };
};

describe('a deep verification', () => {
  it('runs alone: a second one is refused, says what to do, and costs nothing', async () => {
    const { handler, end, runs } = pretend();
    const first = handler({}, {} as never, readerOf().io);
    const second = readerOf();
    await expect(handler({}, {} as never, second.io)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('close it'),
    });
    expect([runs(), second.words]).toEqual([1, []]);
    end();
    await first;
    const third = readerOf();
    await handler({}, {} as never, third.io);
    expect([runs(), third.words.at(-1)]).toEqual([2, 'event: done\ndata: {"findings":0}\n\n']);
  });

  it('makes way when whoever read it is gone, or never came', async () => {
    const { handler } = pretend();
    await handler({}, {} as never, readerOf(AbortSignal.abort()).io);
    await expect(handler({}, {} as never, readerOf(undefined, true).io)).rejects.toThrow('nobody listens');
    const next = readerOf();
    await handler({}, {} as never, next.io);
    expect(next.words).toHaveLength(3);
  });
});

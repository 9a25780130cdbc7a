import type { Handlers } from '../../gate/context.ts';
import { type DeepOptions, deepVerify } from './deep.ts';

/** Streams what a deep verification finds, and how far it is; `done` is the last event of one that reached its end. */
export const deepHandlers = (options: DeepOptions): Pick<Handlers, 'ledger.deepVerify'> => ({
  'ledger.deepVerify': async (_input, _ctx, io) => {
    const out = io.open();
    const send = async (event: string, data: object) => {
      if (!out.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) await out.drained();
    };
    let findings = 0;
    for await (const { step, ...data } of deepVerify(options)) {
      if (io.closed.aborted) return;
      if (step !== 'progress') findings += 1;
      await send(step, data);
    }
    await send('done', { findings });
  },
});

import type { Handlers } from '../../gate/context.ts';
import type { Staging } from '../../ledger/staging.ts';
import { type DeepOptions, deepVerify } from './deep.ts';
import { Findings } from './tell.ts';

export interface DeepHandlerDeps extends DeepOptions {
  readonly staging: Staging;
}

/** Streams what a deep verification finds, and how far it is; `done` is the last event of one that reached its end. */
export const deepHandlers = ({
  staging,
  ...options
}: DeepHandlerDeps): Pick<Handlers, 'ledger.deepVerify'> => ({
  'ledger.deepVerify': async (_input, _ctx, io) => {
    const out = io.open();
    const send = async (event: string, data: object) => {
      if (!out.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) await out.drained();
    };
    const findings = new Findings();
    try {
      for await (const found of deepVerify(options)) {
        findings.take(found);
        if (io.closed.aborted) return;
        const { step, ...data } = found;
        await send(step, data);
      }
    } finally {
      await findings.tell(options.db, staging);
    }
    await send('done', { findings: findings.count });
  },
});

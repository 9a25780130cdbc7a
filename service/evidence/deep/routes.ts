import type { Handlers, StreamIo } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Staging } from '../../ledger/staging.ts';
import { type DeepOptions, deepVerify } from './deep.ts';
import { Findings } from './tell.ts';

export interface DeepHandlerDeps extends DeepOptions {
  readonly staging: Staging;
  /** For tests: what verifies. */
  readonly verify?: typeof deepVerify;
}

type Deps = Required<DeepHandlerDeps>;

/** Streams what a deep verification finds, and how far it is; `done` is the last event of one that reached its end. */
async function stream({ staging, verify, ...options }: Deps, io: StreamIo): Promise<void> {
  const out = io.open();
  const send = async (event: string, data: object) => {
    if (!out.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) await out.drained();
  };
  const findings = new Findings();
  try {
    for await (const found of verify(options)) {
      findings.take(found);
      if (io.closed.aborted) return;
      const { step, ...data } = found;
      await send(step, data);
    }
  } finally {
    await findings.tell(options.db, staging);
  }
  await send('done', { findings: findings.count });
}

/** Each keeps all states in memory and reads the whole log: an instance runs one at a time, whoever asks. */
export function deepHandlers({
  verify = deepVerify,
  ...deps
}: DeepHandlerDeps): Pick<Handlers, 'ledger.deepVerify'> {
  let running = false;
  return {
    'ledger.deepVerify': async (_input, _ctx, io) => {
      if (running)
        throw new HttpError(
          'conflict',
          'a deep verification runs already; read it to its end or close it, then ask again',
        );
      running = true;
      try {
        await stream({ ...deps, verify }, io);
      } finally {
        running = false;
      }
    },
  };
}

import { performance } from 'node:perf_hooks';
import type { MessagePortMain } from 'electron';
import { openLog } from '../../service/app/open-log.ts';
import { serveApi } from '../../service/app/serve-api.ts';
import { ledgerHandlers } from '../../service/ledger/routes.ts';
import { runProcess } from '../../service/process/run-process.ts';
import { type SourceAnswer, sourceOrder } from './console/order.ts';
import { createSource } from './live/source.ts';

/**
 * The service's api process as it is, except that the stream is fed from memory: gate, socket, stream and its back-pressure are the
 * service's own. What fills a real log at this rate (staging, integration, the database) has rows of its own, P3 and P4, and
 * would take from the two cores what the screen is measured on.
 */
runProcess('api', async ({ settings, keys, adminTokens, tell, log }) => {
  const clock = { now: () => new Date(), monotonic: () => performance.now() };
  const api = await serveApi({
    ...{ settings, keys, clock, log, adminTokens },
    mintWork: (wanted) => tell({ type: 'wanted', process: 'worker', wanted }),
    openLedger: async (db) => {
      const served = await openLog({ db, settings, keys, clock, log });
      const source = createSource(await served.store.head(), { now: Date.now, monotonic: clock.monotonic });
      obeyBench(source);
      const { 'events.stream': stream } = ledgerHandlers({ store: served.store, feed: source.feed });
      return { ...served, handlers: { ...served.handlers, 'events.stream': stream } };
    },
  });
  const { apiUrl, adminOrigin, adminSocket } = api;
  return {
    ready: { type: 'ready', process: 'api', api: apiUrl, adminOrigin, adminSocket },
    hear: (message) => {
      if (message.type === 'admin-tokens') api.setAdminTokens(message.sha256);
    },
    stop: () => api.stop(),
  };
});

/** The bench speaks beside the service's own words, which leave what they do not know. */
function obeyBench(source: ReturnType<typeof createSource>): void {
  const { parentPort } = process as unknown as { parentPort: MessagePortMain };
  parentPort.on('message', ({ data }) => {
    const order = sourceOrder.safeParse(data);
    if (!order.success) return;
    if (order.data.bench === 'release') return source.release(order.data.perSecond);
    const answer: SourceAnswer = { bench: 'released', released: [...source.hold()] };
    parentPort.postMessage(answer);
  });
}

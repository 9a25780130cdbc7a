import { performance } from 'node:perf_hooks';
import { runProcess } from '../process/run-process.ts';
import { openLog } from './open-log.ts';
import { serveApi } from './serve-api.ts';

runProcess('api', async ({ settings, keys, adminTokens, tell, log }) => {
  const clock = { now: () => new Date(), monotonic: () => performance.now() };
  const api = await serveApi({
    settings,
    keys,
    clock,
    log,
    adminTokens,
    mintWork: (wanted) => tell({ type: 'wanted', process: 'worker', wanted }),
    openLedger: (db) => openLog({ db, settings, keys, clock, log }),
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

import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startTestRedis } from '../fixtures/redis.ts';
import { readOperatorFile, ServiceBench } from '../fixtures/service.ts';

const PASSWORD = 'canary-of-the-redis-password';
const redis = await startTestRedis({ password: PASSWORD });
afterAll(() => redis.stop());

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

it('REDIS_URL reaches the API by its port, and its password no child, log or file', async () => {
  const service = bench.start([], { REDIS_URL: redis.url });
  const api = await service.ready();
  const { adminToken: token } = await readOperatorFile(bench.dataDir);
  const headers = { authorization: `Bearer ${token}` };
  const mode = async () => {
    const answer = await fetch(`${api}/api/rate-limits`, { headers });
    return ((await answer.json()) as { mode: string }).mode;
  };
  expect(await mode()).toBe('redis');
  expect((await fetch(`${api}/api/v1/tokenhall/key`)).status).toBe(401);
  expect(await redis.admin.keys('sallyport:limit:ip:*')).toHaveLength(1);
  for (const pid of service.processes()) {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1');
    expect(environment + (await readFile(`/proc/${pid}/cmdline`, 'latin1'))).not.toContain(PASSWORD);
  }
  await redis.kill();
  await fetch(`${api}/api/v1/tokenhall/key`);
  expect(await mode()).toBe('degraded');
  await redis.restart();
  await vi.waitFor(async () => expect(await mode()).toBe('redis'), { timeout: 10_000 });
  const kinds = async () => {
    const answer = await fetch(`${api}/api/logs/ledger?category=limit`, { headers });
    return ((await answer.json()) as { entries: { kind: string }[] }).entries.map(({ kind }) => kind);
  };
  await vi.waitFor(async () => expect(await kinds()).toEqual(['limit.restored', 'limit.degraded']), {
    timeout: 10_000,
  });
  await service.stop();
  expect(service.stderr).toContain('the limiter lost Redis');
  expect(service.stderr + service.stdout).not.toContain(PASSWORD);
});

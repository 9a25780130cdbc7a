import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openDatabase } from '../../service/db/database.ts';
import { passwordsOf, TEST_ROOT } from '../fixtures/cluster-root.ts';
import { PHONE, RESOLVER_KEYS } from '../fixtures/resolver.ts';
import { lookAt, mintBatch } from '../fixtures/scans.ts';
import { ServiceBench } from '../fixtures/service.ts';

/** How often the scan plane is killed while it activates, and how many tokens wait for their first scan each time. */
const KILLS = Number(
  process.env.SALLYPORT_RESOLVER_KILLS ?? (process.env.SALLYPORT_FAULTS === 'full' ? 50 : 2),
);
const TOKENS = 100;

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

/** Where the launcher's own PostgreSQL listens. */
function endpointOf(dataDir: string) {
  const lines = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n');
  return { host: lines[4] ?? '', port: Number(lines[3]), database: 'sallyport' };
}

const scan = (origin: string, code: string): Promise<string> =>
  fetch(`${origin}/s/${code}`, { headers: { 'user-agent': PHONE }, signal: AbortSignal.timeout(5_000) })
    .then((answer) => answer.text())
    .catch(() => '');

it(`a scan plane that is killed ${KILLS} times while it activates loses and doubles no activation`, async () => {
  const root = Buffer.from(TEST_ROOT).toString('base64url');
  const service = bench.start([], { SALLYPORT_ROOT_KEY: root, SALLYPORT_LIMIT_SCAN: '1000000/10' });
  await service.ready();
  const { resolver } = JSON.parse(service.stdout) as { resolver: string };
  expect((await fetch(`${resolver}/api/keys`)).status).toBe(404);
  const owner = openDatabase({
    ...{
      endpoint: endpointOf(bench.dataDir),
      role: 'migrator',
      password: passwordsOf().migrator,
      poolSize: 2,
    },
  });
  const see = lookAt(owner, async () => undefined);
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { brand, tokens } = await mintBatch(owner, RESOLVER_KEYS.codeHash, {
        ...{ count: TOKENS, activation: 'first_scan' },
      });
      let answered = 0;
      const scans = tokens.map(async ({ id, code }) => {
        const page = await scan(resolver, code);
        answered += 1;
        return page.includes('its first scan') ? id : null;
      });
      await vi.waitUntil(() => answered >= (TOKENS / (KILLS + 1)) * (kill + 1), {
        timeout: 20_000,
        interval: 1,
      });
      const pid = service.pidOf('resolver');
      process.kill(pid, 'SIGKILL');
      const acknowledged = (await Promise.all(scans)).filter((id) => id !== null);
      // It comes back by itself, and on the same port.
      await vi.waitUntil(
        () =>
          fetch(`${resolver}/nothing`).then(
            ({ status }) => status === 404,
            () => false,
          ),
        { timeout: 20_000, interval: 50 },
      );
      const active = await see.rows(
        `SELECT id FROM mint_tokens WHERE brand_id = '${brand}' AND state = 'active'`,
      );
      const ids = active.map(({ id }) => id);
      expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
      const told = await vi.waitUntil(
        async () => {
          const waiting = await see.rows('SELECT count(*) AS n FROM ledger_staged');
          if (waiting[0]?.n !== '0') return null;
          return see.rows(`SELECT data::json->>'token' AS token FROM ledger_entries
            WHERE kind = 'scan.activated' AND data::json->>'brand' = '${brand}'`);
        },
        { timeout: 10_000, interval: 50 },
      );
      expect(told?.map(({ token }) => token).sort()).toEqual([...ids].sort());
      // What was cut off can be scanned again, once.
      const rest = tokens.filter(({ id }) => !ids.includes(id));
      const again = await Promise.all(rest.map(({ code }) => scan(resolver, code)));
      expect(again.filter((page) => page.includes('its first scan'))).toHaveLength(rest.length);
    }
  } finally {
    await owner.close();
  }
});

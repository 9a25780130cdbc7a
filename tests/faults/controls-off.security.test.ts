import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProber, type Prober } from '../../service/probes/prober.ts';
import { signedRequest, signerOf } from '../../service/probes/signer.ts';
import { groundsOf } from '../../service/probes/store.ts';
import { CONTROL_IDS, CONTROLS, type ControlId, ROUND_PROBE_IDS } from '../../shared/boundaries/controls.ts';
import { TILES } from '../../shared/boundaries/tiles.ts';
import type { ProbesState } from '../../shared/http/boundary-probes.ts';
import { deriveProcessKeys } from '../../shared/service/keys.ts';
import type { KeysOf } from '../../shared/service/launch.ts';
import { CHEAP_IDENTITY } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { TEST_ROOT } from '../fixtures/cluster-root.ts';
import { someEntry, startTestIntegrator } from '../fixtures/ledger.ts';
import { openTestResolver, type TestResolver } from '../fixtures/resolver.ts';
import { type ServedApi, startServedApi } from '../fixtures/served.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { checkConsole } from '../fixtures/weak/console.ts';
import { IN_DATABASE } from '../fixtures/weak/in-database.ts';
import { off, seen, weakGate, weakHandlers, weakListener } from '../fixtures/weak/off.ts';

// The weakened composition root: the service's own, with parts that forget one rule when they are told. It exists here only.
vi.mock(import('../../service/gate/server.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    createServer: async (options) => {
      const app = await real.createServer({ ...options, deps: weakGate(options.deps) });
      weakListener(app);
      return app;
    },
  };
});
vi.mock(import('../../service/gate/mount.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    mountRoutes: (app, mount) =>
      real.mountRoutes(app, { ...mount, deps: weakGate(mount.deps), handlers: weakHandlers(mount.handlers) }),
  };
});
vi.mock(import('../../service/gate/bearer.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    authenticate: async (route, input, credentials) => {
      if (off.control === 'admin-bearer' && route.policy.bearer === 'admin' && input.queryTokens.length === 0)
        return { type: 'admin-token', tokenHash: '0'.repeat(64) };
      const [token] = input.queryTokens;
      if (off.control !== 'token-in-header' || !token) return real.authenticate(route, input, credentials);
      const rawHeaders = ['authorization', `Bearer ${token}`];
      return real.authenticate(route, { ...input, rawHeaders, queryTokens: [] }, credentials);
    },
  };
});
vi.mock(import('../../service/identity/signature/checks.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    checkTimestamps: (...given) =>
      off.control === 'fresh-signatures' ? undefined : real.checkTimestamps(...given),
  };
});
vi.mock(import('../../service/identity/replay.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    acceptNonce: async (...given) =>
      off.control === 'single-signatures' ? undefined : real.acceptNonce(...given),
  };
});
vi.mock(import('../../service/boundaries/probes/principal.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    createProber: (known) => {
      const prober = real.createProber(known);
      const confine: typeof prober.confine = (...given) =>
        off.control === 'operator-roles' ? undefined : prober.confine(...given);
      return { ...prober, confine };
    },
  };
});
vi.mock(import('../../service/minting/exports/link.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    judgeLink: (...given) => {
      const verdict = real.judgeLink(...given);
      return off.control === 'expiring-exports' && verdict === 'expired' ? 'valid' : verdict;
    },
  };
});
vi.mock(import('../../service/resolver/server.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    createScanServer: (deps) => {
      const app = real.createScanServer(deps);
      app.route({
        ...{ method: 'POST', url: '/api/v1/minting/jobs' },
        onRequest: async (_request, reply) => {
          await reply.code(off.control === 'resolver-reads' ? 201 : 404).send();
        },
        handler: async () => null,
      });
      return app;
    },
  };
});
vi.mock(import('../../shared/ids/credentials.ts'), async (original) => {
  const real = await original();
  return {
    ...real,
    familyOf: (token) => {
      const family = real.familyOf(token);
      return off.control === 'key-families' && family === 'management' ? 'inference' : family;
    },
  };
});

const cluster = await startTestCluster();
const migrator = cluster.open('migrator', 1);
const run = (statement: string) => sql.raw(statement).execute(migrator.kysely);
let api: ServedApi;
let operator: TestOperator;
let prober: Prober;
let dataDir: string;
let integrator: Awaited<ReturnType<typeof startTestIntegrator>>;
let scans: TestResolver;
let matchPostings: string;

beforeAll(async () => {
  integrator = await startTestIntegrator(cluster);
  api = await startServedApi(cluster, {
    settings: { identity: { ...CHEAP_IDENTITY, keyRequestsPerMinute: 10_000 } },
  });
  operator = await api.enrolFirst();
  dataDir = await mkdtemp(join(tmpdir(), 'sallyport-probed-'));
  scans = await openTestResolver(cluster.open('resolver', 1));
  const resolver = await scans.app.listen({ host: '127.0.0.1', port: 0 });
  const keys = deriveProcessKeys(TEST_ROOT, 'probes') as KeysOf<'probes'>;
  prober = createProber({
    ...{
      api: api.origin,
      adminOrigin: api.origin,
      adminSocket: null,
      resolver,
      paceMs: 0,
      dataDir,
      now: Date.now,
    },
    ...{
      adminToken: keys.adminToken,
      operatorSeed: keys.operatorSeed,
      accountPassword: keys.accountPassword,
    },
    grounds: groundsOf(cluster.open('prober', 1)),
  });
  const { rows } = await sql<{ text: string }>`
    SELECT pg_get_functiondef('postings_count'::regproc) AS text`.execute(migrator.kysely);
  matchPostings = rows[0]?.text ?? '';
  await someEntry(migrator);
});
afterAll(async () => {
  await scans.app.close();
  await api.stop();
  await integrator.stop();
  await rm(dataDir, { recursive: true, force: true });
  await cluster.stop();
});

const ask = () =>
  api.signed({ route: 'boundaries.probe', path: '/api/boundaries/probes/run', body: {} }, operator);
const state = async (): Promise<ProbesState> => (await api.get('/api/boundaries/probes')).body;

async function round(): Promise<ProbesState> {
  const asked = await ask();
  expect(asked.text).toContain('waiting');
  expect(await prober.turn()).toHaveLength(ROUND_PROBE_IDS.length);
  const body = await checkConsole();
  const path = '/api/boundaries/console';
  const told = await api.signed({ route: 'boundaries.checkConsole', path, body }, operator);
  expect(told.status, told.text).toBe(200);
  return state();
}

async function turnOff(control: ControlId): Promise<void> {
  off.control = control;
  if (control === 'private-files') await chmod(dataDir, 0o755);
  const without = IN_DATABASE[control]?.[0];
  if (without) await run(without());
}

async function turnOn(control: ControlId): Promise<void> {
  off.control = null;
  if (control === 'private-files') await chmod(dataDir, 0o700);
  const again = control === 'matched-postings' ? matchPostings : IN_DATABASE[control]?.[1];
  if (again) await run(again);
}

const tiles = (found: ProbesState, wanted: string) =>
  found.tiles.filter(({ state }) => state === wanted).map(({ tile }) => tile);
const broken = (found: ProbesState) =>
  found.probes.filter(({ outcome }) => outcome === 'broken').map(({ probe }) => probe);

/** `npm run test:faults` takes every control away; `npm test` every third, and another third on another day. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const TODAY = Math.floor(Date.now() / 86_400_000) % 3;
const CHOSEN = FULL ? CONTROL_IDS : CONTROL_IDS.filter((_, i) => i % 3 === TODAY);

describe('controls', () => {
  it('hold, all of them, when the service is as it is shipped', async () => {
    expect(tiles(await state(), 'untried')).toEqual([...TILES]);
    const found = await round();
    const others = found.probes.filter(({ outcome }) => outcome !== 'held');
    expect(others.map(({ probe, outcome, evidence }) => `${probe} ${outcome} ${evidence}`)).toEqual([]);
    expect(tiles(found, 'held')).toEqual([...TILES]);
  });

  it.each(CHOSEN)('%s: off, exactly its tiles turn red within one round', async (control) => {
    await turnOff(control);
    let found: ProbesState;
    try {
      found = await round();
    } finally {
      await turnOn(control);
    }
    const said = found.probes.filter(({ outcome }) => outcome !== 'held');
    expect(broken(found), JSON.stringify(said)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^[a-z]/)]),
    );
    for (const probe of broken(found)) expect(Object.keys(CONTROLS[control].probes)).toContain(probe);
    expect(tiles(found, 'broken')).toEqual(TILES.filter((tile) => CONTROLS[control].tiles.includes(tile)));
  });

  it('are green again when they are back', async () => {
    expect(tiles(await round(), 'held')).toEqual([...TILES]);
  });
});

const entries = async (kind: string): Promise<Record<string, unknown>[]> => {
  const { rows } = await sql<{ data: string }>`
    SELECT data FROM ledger_staged WHERE kind = ${kind}
    UNION ALL SELECT data FROM ledger_entries WHERE kind = ${kind}`.execute(migrator.kysely);
  return rows.map(({ data }) => JSON.parse(data));
};

describe('whoever is not the scheduler', () => {
  const keys = deriveProcessKeys(TEST_ROOT, 'probes') as KeysOf<'probes'>;
  const asProber = async (route: 'boundaries.beginRound' | 'access.sign', path: string, body: object) => {
    const admin = { origin: api.origin, token: keys.adminToken };
    const request = await signedRequest(admin, { route, path, body }, signerOf(keys.operatorSeed, Date.now));
    const answer = await fetch(`${api.origin}${path}`, {
      ...{ method: 'POST', headers: request.headers, body: request.body },
    });
    return { status: answer.status, body: await answer.json() };
  };
  const unscheduled = { roundId: `prr_${'0'.repeat(26)}` };

  it('does not begin a round as the probes, and is entered for trying', async () => {
    const answer = await asProber('boundaries.beginRound', '/api/boundaries/rounds/begin', unscheduled);
    expect(answer).toEqual({ status: 200, body: { accepted: false, expiredExport: null } });
    expect(await entries('probe.off_schedule')).toContainEqual({ ...unscheduled, what: 'unscheduled-begin' });
  });

  it('does not report for the probes, whatever operator it is', async () => {
    const outcomes = [{ probe: 'unknown-key', outcome: 'held', evidence: 'x', durationMs: 1 }];
    const { status } = await api.signed(
      {
        ...{ route: 'boundaries.reportRound', path: '/api/boundaries/rounds/report' },
        body: { ...unscheduled, outcomes },
      },
      operator,
    );
    expect(status).toBe(409);
  });

  it('signs nothing but rounds as the probes', async () => {
    const answer = await asProber('access.sign', '/api/access-review', {});
    expect(answer.status).toBe(403);
  });

  it('finds what broke in the ledger: one entry a round, and one for each control', async () => {
    const ran = await entries('probe.ran');
    expect(ran.length).toBeGreaterThan(1);
    expect(await entries('probe.failed')).toContainEqual(
      expect.objectContaining({ probe: 'overdraft-row', control: 'balance-floor' }),
    );
    const text = JSON.stringify([...ran, ...(await entries('probe.failed'))]);
    for (const secret of [...seen.keys, ...seen.materials, keys.adminToken])
      expect(text).not.toContain(secret);
  });

  it('changes no outcome: the role of the api may add, and nothing else', async () => {
    const db = cluster.open('api', 1);
    for (const statement of ['DELETE FROM probe_outcomes', "UPDATE probe_outcomes SET outcome = 'held'"])
      await expect(sql.raw(statement).execute(db.kysely)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

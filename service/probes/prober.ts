import { z } from 'zod';
import { ROUND_PROBE_IDS } from '../../shared/boundaries/controls.ts';
import type { ProbeOutcome } from '../../shared/http/boundary-probes.ts';
import { type RouteId, routeOf } from '../../shared/http/table.ts';
import type { Ground } from './attack.ts';
import { bearer } from './attack.ts';
import { createClient, type Targets } from './client.ts';
import { runRound } from './round.ts';
import { signedRequest, signerOf } from './signer.ts';
import type { Grounds } from './store.ts';
import { TenantError, tenantOpener } from './tenant.ts';

export interface ProberDeps extends Targets {
  readonly grounds: Grounds;
  readonly dataDir: string;
  readonly adminToken: string;
  readonly operatorSeed: string;
  readonly accountPassword: string;
  now(): number;
}

export interface Prober {
  /** Runs the round that waits, if one does. @returns what it found; null: none waited, or it was not this round's time */
  turn(): Promise<readonly ProbeOutcome[] | null>;
}

const waiting = z.object({ roundId: z.string().nullable() });
const told = z.object({ accepted: z.boolean() });
const begun = told.extend({ expiredExport: z.string().nullable() });

const nobodyHome = (error: TenantError): ProbeOutcome[] =>
  ROUND_PROBE_IDS.map((probe) => ({
    ...{ probe, outcome: 'unavailable' as const, durationMs: 0 },
    evidence: `The tenant of the probes could not be opened: ${error.message}.`,
  }));

/** Attacks the running service, round by round, as the service schedules them. */
export function createProber(deps: ProberDeps): Prober {
  const client = createClient(deps);
  const openTenant = tenantOpener(client, deps.accountPassword);
  const admin = { origin: deps.adminOrigin, token: deps.adminToken };
  const signer = signerOf(deps.operatorSeed, deps.now);
  const behind = (ms: number) => signerOf(deps.operatorSeed, () => deps.now() - ms);

  const next = async (): Promise<string | null> => {
    const { path } = routeOf('boundaries.nextRound');
    return waiting.parse((await client.admin({ path, headers: bearer(admin.token) })).body).roundId;
  };
  const tell = async (route: RouteId, body: object): Promise<unknown> => {
    const asked = await signedRequest(admin, { route, path: routeOf(route).path, body }, signer);
    return (await client.admin(asked)).body;
  };
  const run = async (roundId: string, expiredExport: string | null): Promise<ProbeOutcome[]> => {
    try {
      const tenant = await openTenant();
      const ground: Ground = {
        client,
        tenant,
        grounds: deps.grounds,
        roundId,
        admin,
        signer,
        behind,
        dataDir: deps.dataDir,
        expiredExport,
      };
      return await runRound(ground);
    } catch (error) {
      if (error instanceof TenantError) return nobodyHome(error);
      throw error;
    }
  };
  return {
    turn: async () => {
      const roundId = await next();
      if (roundId === null) return null;
      const { accepted, expiredExport } = begun.parse(await tell('boundaries.beginRound', { roundId }));
      if (!accepted) return null;
      const outcomes = await run(roundId, expiredExport);
      return told.parse(await tell('boundaries.reportRound', { roundId, outcomes })).accepted
        ? outcomes
        : null;
    },
  };
}

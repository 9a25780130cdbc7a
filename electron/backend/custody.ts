import { z } from 'zod';
import { type Proposal, proposal } from '../../shared/http/proposal.ts';
import type { CustodyAct, CustodyState } from '../../shared/ipc/custody.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { CustodyAnswer, CustodyAsk } from '../keeper/protocol.ts';
import type { CallRequest } from './admin-request.ts';
import type { Service } from './backend.ts';
import { sweep } from './custody-sweep.ts';
import { type Fetch, type SolanaRpc, solanaRpc } from './solana-rpc.ts';

const PAUSE_MS = 1_000;
/** The API process, its database and the log are back within this many looks, or a person has to see why. */
const LOOKS = 60;

/** What the log says about the newest change of the payer's key. */
const keyChange = z.object({
  current: z.string().nullable(),
  revokedSessions: z.number().int().min(0),
});
/** Revoked keys as well: a person does not become another one by it, and may make no wallet with it. */
const known = z.object({ keyId: z.string(), name: z.string(), state: z.enum(['active', 'revoked']) });
const enrolled = z.object({ operators: z.array(known) });
const retired = z.object({ fingerprint: z.string(), proposalId: z.string() });
const entries = z.object({ entries: z.array(z.object({ data: z.unknown() })) });

interface Deps {
  readonly custodian: (ask: CustodyAsk) => Promise<CustodyAnswer>;
  readonly service: Pick<Service, 'restart' | 'endpoint'>;
  readonly call: (request: CallRequest) => Promise<{ status: number; body: Record<string, unknown> }>;
  readonly pause: (ms: number) => Promise<void>;
  readonly fetch?: Fetch;
}

function currentOf({ current }: CustodyState): NonNullable<CustodyState['current']> {
  if (!current) throw new Refusal('request-failed', 'No rotation is open. Open one first.');
  return current;
}

async function lastKeyChange({ call }: Deps): Promise<z.infer<typeof keyChange> | null> {
  const { body } = await call({ route: 'ledger.list', query: { kind: 'payer.key-changed', limit: 1 } });
  const newest = entries.parse(body).entries[0];
  return newest ? keyChange.parse(newest.data) : null;
}

/** @returns how many sessions ended, once the log says that the service holds this key */
async function restartInto(deps: Deps, fingerprint: string | null): Promise<number> {
  await deps.service.restart();
  for (let look = 0; look < LOOKS; look += 1) {
    await deps.pause(PAUSE_MS);
    const change = deps.service.endpoint() ? await lastKeyChange(deps).catch(() => null) : null;
    if (change?.current === fingerprint) return change.revokedSessions;
  }
  throw new Refusal(
    'service-down',
    'The log does not show yet that the service holds this key. Look at its state, then do this step again.',
    { retryable: true },
  );
}

/** @throws KeeperError when it is refused, and why */
async function stateNow({ custodian }: Pick<Deps, 'custodian'>): Promise<CustodyState> {
  const { state } = await custodian({ what: 'state' });
  if (state) return state;
  throw new Refusal('internal', 'The keeper showed nothing of custody.');
}

/** What was asked is done; where it could not be looked at with that, it is looked at once more. */
async function stateAfter(deps: Pick<Deps, 'custodian'>, ask: CustodyAsk): Promise<CustodyState> {
  return (await deps.custodian(ask)).state ?? stateNow(deps);
}

async function hydrate(deps: Deps): Promise<CustodyState> {
  // Read before: once it is begun, the service is restarted whether custody can be looked at or not.
  const before = currentOf(await stateNow(deps));
  const { state, restart } = await deps.custodian({ what: 'act', act: { act: 'hydrate' } });
  if (!restart) return state ?? stateNow(deps);
  const fingerprint = before.wallet?.fingerprint ?? '';
  const sessionsRevoked = await restartInto(deps, fingerprint);
  return stateAfter(deps, { what: 'hydrated', evidence: { fingerprint, sessionsRevoked } });
}

async function abort(deps: Deps, reason: string): Promise<CustodyState> {
  const before = currentOf(await stateNow(deps));
  const { state, restart } = await deps.custodian({ what: 'act', act: { act: 'abort', reason } });
  if (!restart) return state ?? stateNow(deps);
  const fingerprint = before.former?.fingerprint ?? null;
  await restartInto(deps, fingerprint);
  return stateAfter(deps, { what: 'restored', reason, fingerprint });
}

/** The retirement of a wallet that two persons signed, as the service shows it; null while there is none. */
async function findRetirement({ call }: Deps, fingerprint: string): Promise<Proposal | null> {
  const { body } = await call({ route: 'ledger.list', query: { kind: 'payer.key-retired', limit: 100 } });
  const retirements = entries.parse(body).entries.map(({ data }) => retired.parse(data));
  const found = retirements.find((retirement) => retirement.fingerprint === fingerprint);
  if (!found) return null;
  const shown = await call({ route: 'proposals.get', params: { id: found.proposalId } });
  return z.object({ proposal }).parse(shown.body).proposal;
}

/**
 * Opens a rotation, or takes a wallet in. Where a service answers, the keeper is told by whom each key was enrolled, so that one person
 * is not taken for two; a machine without one, as an offline one is, judges by what both operators say of themselves.
 */
async function withKnown(
  deps: Deps,
  act: Extract<CustodyAct, { act: 'open' | 'import-shared' }>,
): Promise<CustodyState> {
  const { service, call } = deps;
  const isOfTwo = act.act === 'import-shared' || act.twoPersons === true;
  const isAsked = isOfTwo && service.endpoint() !== null;
  const rows = isAsked ? enrolled.parse((await call({ route: 'operators.list' })).body).operators : null;
  return stateAfter(deps, { what: 'act', act: rows ? { ...act, known: rows } : act });
}

async function sunset(deps: Deps): Promise<CustodyState> {
  const { former, way } = currentOf(await stateNow(deps));
  // What a sealed package went to is not the service of this console.
  const retirement = former && way === 'vault' ? await findRetirement(deps, former.fingerprint) : null;
  return stateAfter(deps, { what: 'act', act: { act: 'sunset', retirement } });
}

async function confirm(deps: Deps, rpc: SolanaRpc): Promise<CustodyState> {
  const state = await stateNow(deps);
  const genesisHash = await rpc.genesisHash();
  await rpc.health();
  const version = await rpc.version();
  const balance = String(await rpc.balance(currentOf(state).wallet?.address ?? ''));
  // The keeper compares it with Devnet's; the type is that one literal.
  const evidence = { genesisHash, version, balance } as Extract<
    CustodyAsk,
    { what: 'confirmed' }
  >['evidence'];
  return stateAfter(deps, { what: 'confirmed', evidence });
}

/**
 * The half of a rotation that needs the world: the service's restart, its log, and a Solana cluster. Keys, messages and what is
 * signed are the keeper's; what is seen here is handed to it as evidence, and it decides whether that is enough.
 */
export function createCustody(deps: Deps) {
  const { custodian, pause } = deps;
  const rpcAt = (url: string): SolanaRpc => solanaRpc(url, deps.fetch ?? fetch);
  return {
    state: () => stateNow(deps),
    act: async (act: CustodyAct): Promise<CustodyState> => {
      if (act.act === 'open' || act.act === 'import-shared') return withKnown(deps, act);
      if (act.act === 'hydrate') return hydrate(deps);
      if (act.act === 'confirm') return confirm(deps, rpcAt(act.rpc));
      if (act.act === 'sweep')
        return (
          (await sweep({ custodian, pause, rpc: rpcAt(act.rpc) }, currentOf(await stateNow(deps)))) ??
          stateNow(deps)
        );
      if (act.act === 'sunset') return sunset(deps);
      if (act.act === 'abort') return abort(deps, act.reason);
      return stateAfter(deps, { what: 'act', act });
    },
  };
}

import { CONTAINABLE, type ContainableKind, type Stolen } from '../../../shared/http/containment.ts';
import type { Tx } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../../identity/mutation.ts';
import { requireNamed } from '../../identity/named.ts';
import { readIncident } from '../incidents/store.ts';
import { BECOMES, reachOf } from '../stolen/reach.ts';
import { holdingOf, isGood, stateOf } from '../stolen/rules.ts';
import { spendable } from '../stolen/spend.ts';
import { type Credential, findCredential } from '../stolen/store.ts';
import { placeContainment } from './place.ts';
import { found } from './revoke.ts';
import { planOf, toContainment } from './rules.ts';
import type { ContainmentDeps } from './run.ts';
import { listContainments, readContainment, stepsOf } from './store.ts';

export interface ContainmentHandlerDeps extends ContainmentDeps {
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
}

type ContainmentHandlers = Pick<
  Handlers,
  Extract<keyof Handlers, `containments.${string}` | `stolen.${string}`>
>;
type Reader = Parameters<typeof findCredential>[0];

const isContainable = (kind: string): kind is ContainableKind =>
  (CONTAINABLE as readonly string[]).includes(kind);

async function credentialOf(
  db: Reader,
  kind: Parameters<typeof findCredential>[1],
  id: string,
): Promise<Credential> {
  const credential = await findCredential(db, kind, id);
  if (!credential) throw new HttpError('not_found', `there is no ${kind} ${id}`);
  return credential;
}

/** What cannot be revoked by a route is rotated where it was configured. */
const ADVICE: Partial<Record<Stolen['kind'], string>> = {
  account:
    'While it is contained its password opens no session. Two persons release it (containments.release) once its owner has it back.',
  operator: 'Revoke the operator (operators.revoke); its open proposals and invitations end with it.',
  'admin-token': 'Set another ADMIN_API_KEY and restart: the old one is 401 from the first request on.',
  facilitator: 'Set another facilitator secret and restart: the old one is 401 from the first request on.',
  'payer-session': 'If the payer’s key itself may be known, rotate it: every session of the old one ends.',
};

async function planned(
  db: Reader,
  kind: Stolen['kind'],
  credential: Credential,
  now: Date,
): Promise<Stolen['plan']> {
  if (!isContainable(kind)) return [];
  const steps = planOf(kind, credential);
  return Promise.all(
    steps.map(async (step) => ({
      ...{ action: step.action, target: step.target },
      since: step.since?.toISOString() ?? null,
      count: (await found(db, step, now)).length,
    })),
  );
}

const assume =
  ({ db: { kysely } }: ContainmentHandlerDeps): ContainmentHandlers['stolen.assume'] =>
  async ({ query: { kind, id } }, ctx) => {
    const now = ctx.now();
    const credential = await credentialOf(kysely, kind, id);
    const good = isGood(credential, now);
    const stolen: Stolen = {
      ...{ kind, id: credential.id, name: credential.name },
      state: stateOf(credential, now),
      ...{ accountId: credential.accountId, agentId: credential.agentId },
      reach: good ? reachOf(holdingOf(credential)) : [],
      becomes: good ? [...BECOMES[kind]] : [],
      spend: await spendable(kysely, credential, good),
      plan: await planned(kysely, kind, credential, now),
      advice: [ADVICE[kind] ?? []].flat(),
    };
    return { status: 200, body: { stolen } };
  };

async function requireIncident(tx: Tx, id: string | null): Promise<void> {
  if (id !== null && !(await readIncident(tx, id)))
    throw new HttpError('not_found', `there is no incident ${id}`);
}

const order =
  (deps: ContainmentHandlerDeps): ContainmentHandlers['containments.order'] =>
  ({ body: { kind, id, name, reason, incidentId } }, ctx) =>
    deps.mutate('containments.order', ctx, async (tx, stage): Promise<Done<'containments.order'>> => {
      const credential = await credentialOf(tx, kind, id);
      requireNamed(id, { name }, { name: credential.name });
      await requireIncident(tx, incidentId);
      const given = { kind, credential, reason, incidentId, by: actorOf(ctx), at: ctx.now() };
      const { row, eventId } = await placeContainment(tx, deps, given, stage);
      const containment = toContainment(row, await stepsOf(tx, row.id));
      return { subject: row.id, answer: { status: 202, body: { containment, eventId } } };
    });

export const containmentHandlers = (deps: ContainmentHandlerDeps): ContainmentHandlers => ({
  'stolen.assume': assume(deps),
  'containments.order': order(deps),
  'containments.list': async ({ query: { limit } }) => {
    const rows = await listContainments(deps.db.kysely, limit);
    const containments = await Promise.all(
      rows.map(async (row) => toContainment(row, await stepsOf(deps.db.kysely, row.id))),
    );
    return { status: 200, body: { containments } };
  },
  'containments.get': async ({ params: { id } }) => {
    const row = await readContainment(deps.db.kysely, id);
    if (!row) throw new HttpError('not_found', `there is no containment ${id}`);
    const steps = await stepsOf(deps.db.kysely, id);
    return { status: 200, body: { containment: toContainment(row, steps) } };
  },
});

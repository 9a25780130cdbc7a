import { makeId } from '../../../shared/ids/ids.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { actorOf, type Done, type Mutate } from '../../identity/mutation.ts';
import { requireNamed } from '../../identity/named.ts';
import { describeIncident, noIncident, toNote } from './describe.ts';
import { requireForward, requireQuiet, toIncident } from './rules.ts';
import { countUnseen, insertNote, listIncidents, lockIncident, moveIncident, readIncident } from './store.ts';
import { timelineOf } from './timeline.ts';

export interface IncidentHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
}

type IncidentHandlers = Pick<Handlers, Extract<keyof Handlers, `incidents.${string}`>>;

const get =
  ({ db: { kysely } }: IncidentHandlerDeps): IncidentHandlers['incidents.get'] =>
  async ({ params: { id } }, ctx) => {
    const { row: _row, ...body } = await describeIncident(kysely, id, ctx.now());
    return { status: 200, body };
  };

const note =
  ({ mutate, random }: IncidentHandlerDeps): IncidentHandlers['incidents.note'] =>
  ({ params: { id: incidentId }, body }, ctx) =>
    mutate('incidents.note', ctx, async (tx, stage): Promise<Done<'incidents.note'>> => {
      if (!(await readIncident(tx, incidentId))) throw noIncident(incidentId);
      const at = ctx.now();
      const by = actorOf(ctx);
      const id = makeId('incidentNote', random(10), at.getTime());
      const written = { id, at, operator_id: by.id, operator_name: by.name, note: body.note };
      const row = await insertNote(tx, incidentId, written);
      const eventId = await stage('incident.noted', { incidentId, noteId: id, note: body.note });
      return { subject: id, answer: { status: 201, body: { note: toNote(row), eventId } } };
    });

const move =
  ({ mutate }: IncidentHandlerDeps): IncidentHandlers['incidents.move'] =>
  ({ params: { id }, body: { to, title, reason } }, ctx) =>
    mutate('incidents.move', ctx, async (tx, stage): Promise<Done<'incidents.move'>> => {
      const row = await lockIncident(tx, id);
      if (!row) throw noIncident(id);
      requireNamed(id, { title }, { title: row.title });
      requireForward(id, row.state, to);
      requireQuiet(id, to, await countUnseen(tx, id));
      const now = ctx.now();
      await moveIncident(tx, id, to, now);
      const eventId = await stage('incident.state-changed', { incidentId: id, from: row.state, to, reason });
      const after = await readIncident(tx, id);
      if (!after) throw noIncident(id);
      return { subject: id, answer: { status: 200, body: { incident: toIncident(after, now), eventId } } };
    });

export const incidentHandlers = (deps: IncidentHandlerDeps): IncidentHandlers => ({
  'incidents.list': async ({ query: { state, limit } }, ctx) => {
    const rows = await listIncidents(deps.db.kysely, state, limit);
    return { status: 200, body: { incidents: rows.map((row) => toIncident(row, ctx.now())) } };
  },
  'incidents.get': get(deps),
  'incidents.timeline': async ({ params: { id } }) => {
    const row = await readIncident(deps.db.kysely, id);
    if (!row) throw noIncident(id);
    return { status: 200, body: await timelineOf(deps.db, row) };
  },
  'incidents.note': note(deps),
  'incidents.move': move(deps),
});

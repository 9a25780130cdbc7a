import type { Alert } from '../../../shared/http/incidents.ts';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { EVENTS } from '../../../shared/ledger/events.ts';
import { type Block, type Cell, type Document, quoted } from '../document/blocks.ts';
import type { IncidentFacts } from './facts.ts';
import { type Moment, momentsIn, spanOf } from './moments.ts';
import { openQuestions } from './questions.ts';
import { restsOn } from './rests-on.ts';

const SEVERITY = ['', '1 critical', '2 high', '3 medium', '4 low'];

type Tell = (at: string) => Moment;
const both = (tell: Tell, at: string): string => `${tell(at).utc} (${tell(at).local})`;
const heading = (text: string): Block => ({ type: 'heading', text });
const numberOf = ({ number }: LedgerEntry): string => (number === null ? 'pending' : `#${number}`);
/** Ids and names of actors come from whoever enrolled or registered them. */
const actorOf = ({ actor }: LedgerEntry): Cell => quoted(actor.name ?? actor.id);

function overview({ incident, at }: IncidentFacts, tell: Tell): Block {
  const rows: readonly (readonly [string, Cell])[] = [
    ['Incident', quoted(incident.id)],
    ['Severity', SEVERITY[incident.severity] ?? String(incident.severity)],
    ['At stake', `${incident.asset}; whoever did it wants to ${incident.goal}`],
    ['State', incident.state],
    ['Alerts', `${incident.alerts}, of which ${incident.firing} fire now`],
    ['Opened', both(tell, incident.openedAt)],
    ['Last alert', both(tell, incident.lastAlertAt)],
    ['As of', both(tell, at.toISOString())],
  ];
  return { type: 'table', columns: ['What', 'Value'], widths: [1, 4], rows, none: '' };
}

function late(due: string, done: string | null, now: Date): string {
  const ms = (done === null ? now.getTime() : Date.parse(done)) - Date.parse(due);
  if (done === null) return ms > 0 ? `not done, late by ${spanOf(ms)}` : `not done, ${spanOf(ms)} left`;
  return ms > 0 ? `late by ${spanOf(ms)}` : `in time, ${spanOf(ms)} before`;
}

function clock({ incident, at }: IncidentFacts, tell: Tell): Block {
  const { acknowledgeBy, containBy } = incident.clock;
  // To contain or close an incident is to have seen it.
  const contained = incident.containedAt ?? incident.closedAt;
  const seen = incident.acknowledgedAt ?? contained;
  const row = (act: string, due: string, done: string | null) => [
    ...[act, both(tell, due), done === null ? '–' : both(tell, done)],
    late(due, done, at),
  ];
  return {
    type: 'table',
    columns: ['Step', 'Due', 'Done', 'Verdict'],
    widths: [2, 4, 4, 3],
    rows: [row('Acknowledge', acknowledgeBy, seen), row('Contain', containBy, contained)],
    none: '',
  };
}

function alertRow(alert: Alert, tell: Tell): readonly Cell[] {
  const { title, subject, value, threshold, occurrences, firstAt, lastAt, state, evidence, heads } = alert;
  const entries = evidence.map((number) => `#${number}`).slice(0, 12);
  return [
    title,
    [quoted(subject), ...heads.map(({ label, size, root }) => `${label}: ${size} entries, root ${root}.`)],
    ...[`${value} above ${threshold}, ${occurrences} times`],
    `${both(tell, firstAt)} to ${both(tell, lastAt)}`,
    alert.acknowledgedBy === null
      ? `${state}, acknowledged by nobody`
      : [`${state}, acknowledged by`, quoted(alert.acknowledgedBy)],
    `${entries.join(' ')}${evidence.length > entries.length ? ` and ${evidence.length - entries.length} more` : ''}` ||
      'measured, no entry',
  ];
}

const alertTable = ({ alerts }: IncidentFacts, tell: Tell): Block => ({
  type: 'table',
  columns: ['Alert', 'About', 'Measured', 'First and last', 'State', 'Entries'],
  widths: [4, 4, 3, 4, 3, 2],
  rows: alerts.map((alert) => alertRow(alert, tell)),
  none: 'It has no alert.',
});

/** What people did, from the log: an operator's entry was signed by that operator's key. */
const actionTable = ({ timeline }: IncidentFacts, tell: Tell): Block => ({
  type: 'table',
  columns: ['Entry', 'UTC', 'Local', 'Who', 'What', 'Why'],
  widths: [1.3, 3, 3.2, 3, 4, 4],
  rows: timeline.entries
    .filter(({ actor }) => actor.type === 'operator')
    .map((entry) => {
      const { reason } = entry.data;
      const { utc, local } = tell(entry.at);
      const why: Cell = typeof reason === 'string' ? quoted(reason) : '–';
      return [numberOf(entry), utc, local, actorOf(entry), EVENTS[entry.kind].says, why];
    }),
  none: 'No operator has acted on it or on its subjects.',
});

const containmentTable = ({ containments }: IncidentFacts, tell: Tell): Block => ({
  type: 'table',
  columns: ['Contained', 'Ordered by', 'Ordered', 'Finished', 'Revoked', 'Why'],
  widths: [4, 3, 4, 4, 2, 4],
  rows: containments.map((one) => [
    [one.kind, quoted(one.name)],
    quoted(one.operatorName ?? one.orderedBy),
    both(tell, one.orderedAt),
    one.finishedAt === null ? 'not finished' : both(tell, one.finishedAt),
    String(one.steps.reduce((sum, { revoked }) => sum + revoked, 0)),
    quoted(one.reason),
  ]),
  none: 'Nothing was contained in its name.',
});

const timelineTable = ({ timeline }: IncidentFacts, tell: Tell): Block => ({
  type: 'table',
  columns: ['Entry', 'UTC', 'Local', 'Who', 'What', 'Data'],
  widths: [1.3, 3, 3.2, 3, 3.5, 6],
  rows: timeline.entries.map((entry) => {
    const { utc, local } = tell(entry.at);
    const data = quoted(JSON.stringify(entry.data));
    return [numberOf(entry), utc, local, actorOf(entry), EVENTS[entry.kind].says, data];
  }),
  none: 'No entry names it yet.',
});

const notes = (facts: IncidentFacts, tell: Tell): readonly Block[] =>
  facts.notes.length === 0
    ? [{ type: 'text', said: ['Nobody has written a note.'] }]
    : facts.notes.flatMap(({ at, operatorId, operatorName, note }): Block[] => [
        { type: 'text', said: [both(tell, at), quoted(operatorName ?? operatorId)] },
        { type: 'lines', text: note },
      ]);

/** The report in the order in which it is read: what it is, what happened, what was done, what is open, why to believe it. */
export function reportOf(facts: IncidentFacts, zone: string): Document {
  const tell = momentsIn(zone);
  return {
    title: `Post-incident report: ${facts.incident.title}`,
    blocks: [
      ...[overview(facts, tell), heading('Severity clock'), clock(facts, tell)],
      ...[heading('Alerts'), alertTable(facts, tell)],
      ...[heading('Actions taken, and by whom'), actionTable(facts, tell)],
      ...[heading('Containments'), containmentTable(facts, tell)],
      ...[heading('Timeline, from the ledger'), timelineTable(facts, tell)],
      ...[heading('Notes'), ...notes(facts, tell)],
      ...[heading('Open questions'), { type: 'list', items: openQuestions(facts), open: true } as const],
      ...[heading('What this rests on'), ...restsOn(facts)],
    ],
  };
}

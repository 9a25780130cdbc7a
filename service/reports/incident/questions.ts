import { ROUTES } from '../../../shared/http/table.ts';
import { type Cell, quoted } from '../document/blocks.ts';
import type { IncidentFacts } from './facts.ts';

const when = (condition: boolean, ...cells: readonly Cell[]): readonly Cell[] => (condition ? cells : []);

/** Steps of the runbooks after which nothing of their kind stands in the timeline. */
const undone = ({ steps, timeline, notes }: IncidentFacts): IncidentFacts['steps'] => {
  const seen = new Set<string>(timeline.entries.map(({ kind }) => kind));
  return steps.filter(({ route }) => {
    if (route === 'incidents.note') return notes.length === 0;
    const events: readonly string[] = ROUTES[route as keyof typeof ROUTES]?.events ?? [];
    return !events.some((kind) => seen.has(kind));
  });
};

/** What the records leave open, each with what would answer it. Nothing here is guessed. */
export function openQuestions(facts: IncidentFacts): readonly Cell[] {
  const { incident, alerts, containments, timeline, checkpoint } = facts;
  const unseen = alerts.filter(({ state, acknowledgedAt }) => state === 'firing' && acknowledgedAt === null);
  const beyond = timeline.entries.filter(
    ({ number }) => number === null || checkpoint === null || number >= checkpoint.size,
  );
  return [
    ...when(incident.firing > 0, `${incident.firing} of its alerts still fire: what they tell of goes on.`),
    ...when(unseen.length > 0, `${unseen.length} firing alerts were acknowledged by nobody.`),
    ...when(
      incident.alerts > alerts.length,
      `Only ${alerts.length} of ${incident.alerts} alerts stand here.`,
    ),
    ...when(incident.containedAt === null, 'Nobody has said that it is contained.'),
    ...when(incident.closedAt === null, 'It is not closed.'),
    ...containments
      .filter(({ finishedAt }) => finishedAt === null)
      .map(({ name }): Cell => ['A containment is not finished:', quoted(name)]),
    ...undone(facts).map(
      ({ does }): Cell => `The runbook says: ${does} No entry of the timeline says that it was done.`,
    ),
    ...when(
      !timeline.complete,
      'There are more entries than a report holds: search the ledger for its subjects.',
    ),
    ...when(
      beyond.length > 0,
      `${beyond.length} entries are newer than the signed head: save the report again.`,
    ),
    ...when(
      checkpoint?.state === 'self-attested',
      'No witness has cosigned the head: until one does, the log attests itself.',
    ),
    'How did it begin, and since when was it possible? The timeline starts an hour before the first alert.',
    'What would have noticed it earlier, and which control should have stopped it?',
    'Who has to be told, and by when?',
  ];
}

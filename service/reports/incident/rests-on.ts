import { type Block, quoted } from '../document/blocks.ts';
import type { IncidentFacts } from './facts.ts';

const text = (...said: Extract<Block, { type: 'text' }>['said']): Block => ({ type: 'text', said });

/** The file that the bundle of an incident is saved as. */
export const bundleName = (incidentId: string): string => `sallyport-${incidentId}.evidence.jsonl`;

const COMMAND_SAYS =
  'It must say VERIFIED, and show the numbers that stand in the timeline. The trust file is the answer of ' +
  '/api/logs/ledger/keys, received another way than this report and that bundle.';

/** The signed head under the report, and how anybody checks it without this service. */
export function restsOn({ incident, checkpoint }: IncidentFacts): readonly Block[] {
  const words =
    'Each line of the timeline is an entry of the log, by its number. The words of this report are not signed: the entries are. ' +
    'What others chose stands in quotation type; characters that cannot be seen, that a font lacks or that a format would ' +
    'interpret stand as their Unicode number.';
  if (checkpoint === null)
    return [text(words), text('No head of the log is signed yet, so nothing here can be verified.')];
  const { size, root, origin, signedAt, state, witnesses, note } = checkpoint;
  return [
    text(words),
    {
      type: 'table',
      columns: ['Head of the log', 'Value'],
      widths: [1, 4],
      rows: [
        ['Origin', quoted(origin)],
        ['Entries', String(size)],
        ['Root', quoted(root)],
        ['Signed', `${signedAt.slice(0, 19).replace('T', ' ')} UTC`],
        ['Standing', state],
        ['Witnesses', witnesses.length === 0 ? 'none' : witnesses.map(({ name }) => quoted(name))],
      ],
      none: '',
    },
    text('The head as it was signed:'),
    { type: 'lines', text: note },
    text('Save the evidence bundle of the incident beside this report, then run:'),
    { type: 'lines', text: `npm run -s verify -- ${bundleName(incident.id)} --trust KEYS` },
    text(COMMAND_SAYS),
  ];
}

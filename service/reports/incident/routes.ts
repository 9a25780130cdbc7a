import { describeIncident } from '../../boundaries/incidents/describe.ts';
import { timelineOf } from '../../boundaries/incidents/timeline.ts';
import type { Database } from '../../db/database.ts';
import { headOf } from '../../evidence/export/rows.ts';
import { pour, sendBundle, stamp } from '../../evidence/export/send.ts';
import type { Handlers } from '../../gate/context.ts';
import { markdownOf } from '../document/markdown.ts';
import { pdfOf } from '../document/pdf.ts';
import { reportOf } from './document.ts';
import { gatherFacts } from './facts.ts';
import { bundleName } from './rests-on.ts';

export interface IncidentReportDeps {
  readonly db: Pick<Database, 'kysely'>;
  /** The role that may read salts and writes nothing. */
  readonly reader: Pick<Database, 'kysely'>;
}

type Answers = Pick<Handlers, 'reports.incident' | 'reports.incidentEvidence'>;

async function* once<T>(part: T): AsyncGenerator<T> {
  yield part;
}

export const incidentReportHandlers = ({ db, reader }: IncidentReportDeps): Answers => ({
  'reports.incident': async ({ params: { id }, query: { format, zone } }, ctx, io) => {
    const now = ctx.now();
    const document = reportOf(await gatherFacts(db, id, now), zone);
    const name = `sallyport-${id}-${stamp(now)}`;
    return format === 'pdf'
      ? pour(io, headOf('application/pdf', `${name}.pdf`, null), once(await pdfOf(document, now)))
      : pour(
          io,
          headOf('text/markdown; charset=utf-8; variant=GFM', `${name}.md`, null),
          once(markdownOf(document)),
        );
  },
  'reports.incidentEvidence': async ({ params: { id } }, ctx, io) => {
    const now = ctx.now();
    const { row } = await describeIncident(db.kysely, id, now);
    const { entries } = await timelineOf(db, row);
    const numbers = entries.flatMap(({ number }) => number ?? []);
    const request = {
      filter: {},
      numbers,
      asked: { incident: id },
      withhold: 'nothing',
      range: null,
    } as const;
    return sendBundle(reader, request, { io, name: bundleName(id), now });
  },
});

import { newestOutcomes } from '../../boundaries/consoles/newest.ts';
import { toState } from '../../boundaries/probes/rules.ts';
import type { Database } from '../../db/database.ts';
import { headOf } from '../../evidence/export/rows.ts';
import { stamp } from '../../evidence/export/send.ts';
import type { Handlers } from '../../gate/context.ts';
import { markdownOf } from '../document/markdown.ts';
import { asvsCsv, asvsDocument, asvsRows } from './evidence.ts';

export const asvsHandlers = ({ kysely }: Pick<Database, 'kysely'>): Pick<Handlers, 'reports.asvs'> => ({
  'reports.asvs': async ({ query: { format } }, ctx, io) => {
    const now = ctx.now();
    const rows = asvsRows(toState(await newestOutcomes(kysely, now), [], now));
    const name = `sallyport-asvs-${stamp(now)}`;
    const [head, text] =
      format === 'csv'
        ? [headOf('text/csv; charset=utf-8; header=present', `${name}.csv`, rows.length), asvsCsv(rows)]
        : [
            headOf('text/markdown; charset=utf-8; variant=GFM', `${name}.md`, null),
            markdownOf(asvsDocument(rows, now)),
          ];
    io.open(head).write(text);
  },
});

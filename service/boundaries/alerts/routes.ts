import type { AlertRuleView } from '../../../shared/http/incidents.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../../identity/mutation.ts';
import { ALERT_RULES, ruleOf } from './catalogue.ts';
import { Replay } from './replay.ts';
import type { AlertRule } from './rule.ts';
import { kindsOf } from './rules.ts';
import { acknowledgeAlert, listAlerts, lockAlert, readPeriod } from './store.ts';
import { alertViewer } from './view.ts';

export interface AlertHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
}

type AlertHandlers = Pick<Handlers, Extract<keyof Handlers, `alerts.${string}`>>;

const DAY_MS = 86_400_000;
/** Entries of one dry run, in pages: an answer takes a second or two at most. */
const DRY_RUN_ENTRIES = 50_000;
const DRY_RUN_PAGE = 2_000;

const toView = (rule: AlertRule): AlertRuleView => ({
  ...rule,
  on: [...kindsOf(rule)],
  detect: { ...rule.detect },
});

/** The rule with another threshold, where it has one. @throws HttpError `bad_request` */
function withThreshold(rule: AlertRule, above: number | undefined): AlertRule {
  if (above === undefined) return rule;
  const { detect } = rule;
  if (!('above' in detect)) throw new HttpError('bad_request', `${rule.id} has no threshold to change`);
  const quiet = 'quietAt' in detect ? { quietAt: Math.min(detect.quietAt, above) } : {};
  return { ...rule, detect: { ...detect, above, ...quiet } };
}

const dryRun =
  ({ db }: AlertHandlerDeps): AlertHandlers['alerts.dry-run'] =>
  async ({ params, query }, ctx) => {
    const rule = ruleOf(params.rule);
    if (!rule) throw new HttpError('not_found', `there is no rule ${params.rule}`);
    const to = query.to ? new Date(query.to) : ctx.now();
    const from = query.from ? new Date(query.from) : new Date(to.getTime() - 7 * DAY_MS);
    const replay = new Replay(withThreshold(rule, query.above));
    const kinds = kindsOf(rule);
    let after = -1;
    let entries = 0;
    let until: string | null = null;
    let complete = kinds.length === 0;
    while (!complete && entries < DRY_RUN_ENTRIES) {
      const page = await readPeriod(db.kysely, { from, to, kinds, after, limit: DRY_RUN_PAGE });
      for (const entry of page) await replay.entry(entry);
      const last = page.at(-1);
      entries += page.length;
      after = last?.number ?? after;
      until = last?.at ?? until;
      complete = page.length < DRY_RUN_PAGE;
    }
    if (complete) await replay.moment(to.getTime());
    return { status: 200, body: { alerts: replay.alerts(), entries, complete, until } };
  };

const acknowledge =
  ({ mutate }: AlertHandlerDeps): AlertHandlers['alerts.acknowledge'] =>
  ({ params: { id }, body: { occurrences } }, ctx) =>
    mutate('alerts.acknowledge', ctx, async (tx, stage): Promise<Done<'alerts.acknowledge'>> => {
      const row = await lockAlert(tx, id);
      if (!row) throw new HttpError('not_found', `there is no alert ${id}`);
      if (Number(row.occurrences) !== occurrences)
        throw new HttpError('conflict', `${id} has happened again since you read it; read it again`);
      if (row.acknowledged_at !== null) throw new HttpError('conflict', `${id} is acknowledged already`);
      const { id: by } = actorOf(ctx);
      const after = await acknowledgeAlert(tx, id, ctx.now(), by);
      const eventId = await stage('alert.acknowledged', { alertId: id, rule: row.rule, occurrences });
      const view = await alertViewer(tx, [after]);
      return { subject: id, answer: { status: 200, body: { alert: view(after), eventId } } };
    });

export const alertHandlers = (deps: AlertHandlerDeps): AlertHandlers => ({
  'alerts.list': async ({ query: { state, cursor, limit } }) => {
    const rows = await listAlerts(deps.db.kysely, { state, before: cursor, limit: limit + 1 });
    const page = rows.slice(0, limit);
    const view = await alertViewer(deps.db.kysely, page);
    const nextCursor = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
    return { status: 200, body: { alerts: page.map(view), nextCursor } };
  },
  'alerts.rules': async () => ({ status: 200, body: { rules: ALERT_RULES.map(toView) } }),
  'alerts.dry-run': dryRun(deps),
  'alerts.acknowledge': acknowledge(deps),
});

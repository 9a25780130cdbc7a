import { CONTROLS, controlOf } from '../../../shared/boundaries/controls.ts';
import { CONSOLE_CHECK_SECONDS } from '../../../shared/boundaries/health.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Done, Mutate } from '../../identity/mutation.ts';
import { countOutcomes } from '../probes/rules.ts';
import { consolesOf, judgeConsole } from './rules.ts';
import { insertConsoleOutcomes, lastOfConsoles, ownersOfConsoles } from './store.ts';

export interface ConsoleDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  readonly environment: 'development' | 'production';
}

type ConsoleHandlers = Pick<Handlers, 'boundaries.checkConsole' | 'boundaries.consoles'>;

/** A console tells of itself and of no other: it is known by the operator whose signature is on the report. */
const check =
  ({ mutate, environment }: ConsoleDeps): ConsoleHandlers['boundaries.checkConsole'] =>
  ({ body }, ctx) =>
    mutate('boundaries.checkConsole', ctx, async (tx, stage): Promise<Done<'boundaries.checkConsole'>> => {
      const { principal } = ctx;
      if (principal.type !== 'operator')
        throw new HttpError('forbidden', 'only an operator’s console reports about itself; sign the report');
      const operatorId = principal.id;
      const outcomes = judgeConsole(body, environment);
      const broken = outcomes.filter(({ outcome }) => outcome === 'broken');
      const eventId = await stage('console.checked', {
        ...{ operatorId, packaged: body.packaged, ...countOutcomes(outcomes) },
        brokenProbes: broken.map(({ probe }) => probe),
      });
      for (const { probe, evidence } of broken) {
        const control = controlOf(probe);
        const tiles = [...CONTROLS[control].tiles];
        await stage('console.weak', { operatorId, probe, control, tiles, evidence });
      }
      await insertConsoleOutcomes(tx, { id: eventId, operatorId, at: ctx.now() }, outcomes);
      return { subject: operatorId, answer: { status: 200, body: { outcomes, eventId } } };
    });

const list =
  ({ db: { kysely } }: ConsoleDeps): ConsoleHandlers['boundaries.consoles'] =>
  async (_input, ctx) => {
    const [owners, rows] = await Promise.all([ownersOfConsoles(kysely), lastOfConsoles(kysely)]);
    const now = ctx.now();
    const consoles = consolesOf(owners, rows, now);
    return {
      status: 200,
      body: { at: now.toISOString(), everySeconds: CONSOLE_CHECK_SECONDS, consoles },
    };
  };

export const consoleHandlers = (deps: ConsoleDeps): ConsoleHandlers => ({
  'boundaries.checkConsole': check(deps),
  'boundaries.consoles': list(deps),
});

import { CONTROLS, controlOf } from '../../../shared/boundaries/controls.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Done, Mutate } from '../../identity/mutation.ts';
import { countOutcomes } from '../probes/rules.ts';
import { judgeConsole } from './rules.ts';
import { insertConsoleOutcomes } from './store.ts';

export interface ConsoleDeps {
  readonly mutate: Mutate;
  readonly environment: 'development' | 'production';
}

/** A console tells of itself and of no other: it is known by the operator whose signature is on the report. */
export const consoleHandlers = ({
  mutate,
  environment,
}: ConsoleDeps): Pick<Handlers, 'boundaries.checkConsole'> => ({
  'boundaries.checkConsole': ({ body }, ctx) =>
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
    }),
});

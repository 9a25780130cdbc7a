import type { LimitScope } from '../../shared/http/limits.ts';
import type { Handlers } from '../gate/context.ts';
import type { LimitRule } from '../gate/rate.ts';
import type { OpenLimiter } from './limiter.ts';

/** The rule in force for each scope; a key may have one of its own. */
export type LimitRules = Readonly<Record<LimitScope, LimitRule>>;

export const limitsHandlers = (
  limiter: Pick<OpenLimiter, 'state'>,
  { ip, key, operator, agent }: LimitRules,
): Pick<Handlers, 'limits.state'> => ({
  'limits.state': async () => ({
    status: 200,
    body: limiter.state([
      { scope: 'ip', ...ip },
      { scope: 'key', ...key },
      { scope: 'operator', ...operator },
      { scope: 'agent', ...agent },
    ]),
  }),
});

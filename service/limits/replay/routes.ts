import type { LimitScope } from '../../../shared/http/limits.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { LimitRule } from '../../gate/rate.ts';
import type { OpenLimiter } from '../limiter.ts';
import { DEFAULT_KEY_RULE, HEARTBEAT_RULE, type LimitRules } from '../routes.ts';
import { replayAnswer } from './answer.ts';

export interface ReplayDeps {
  readonly limiter: Pick<OpenLimiter, 'demand'>;
  readonly rules: LimitRules;
  /** The limit of a key now; null for a key that is not there. */
  keyLimit(id: string): Promise<number | null>;
}

const ruleOf = (scope: LimitScope, { ip, operator }: LimitRules): LimitRule =>
  ({ ip, operator, key: DEFAULT_KEY_RULE, agent: HEARTBEAT_RULE })[scope];

const KEY_WINDOW_SECONDS = 60;

/** Tries a limit on the last hour, before anybody signs it. It reads and changes nothing. */
export const replayHandlers = ({
  limiter,
  rules,
  keyLimit,
}: ReplayDeps): Pick<Handlers, 'limits.replayKey' | 'limits.replayScope'> => ({
  'limits.replayKey': async ({ params: { id }, query: { limit } }) => {
    const current = await keyLimit(id);
    if (current === null) throw new HttpError('not_found', `there is no key ${id}`);
    const windowSeconds = KEY_WINDOW_SECONDS;
    const body = await replayAnswer({
      ...limiter.demand('key', id),
      current: { limit: current, windowSeconds },
      proposed: { limit, windowSeconds },
    });
    return { status: 200, body };
  },
  'limits.replayScope': async ({ query: { scope, limit } }) => {
    const { limit: now, windowSeconds } = ruleOf(scope, rules);
    const body = await replayAnswer({
      ...limiter.demand(scope, null),
      current: { limit: now, windowSeconds },
      proposed: { limit, windowSeconds },
    });
    return { status: 200, body };
  },
});

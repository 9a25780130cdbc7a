import type { Handlers } from '../gate/context.ts';
import type { LimitRule } from '../gate/rate.ts';
import type { OpenLimiter } from './limiter.ts';

export interface LimitRules {
  readonly ip: LimitRule;
  readonly operator: LimitRule;
  /** Heartbeats of one agent. */
  readonly agent: LimitRule;
  /** Requests a minute of a key that has no rule of its own. */
  readonly keyRequestsPerMinute: number;
}

export const limitsHandlers = (
  limiter: Pick<OpenLimiter, 'state'>,
  { ip, operator, agent, keyRequestsPerMinute }: LimitRules,
): Pick<Handlers, 'limits.state'> => ({
  'limits.state': async () => ({
    status: 200,
    body: limiter.state([
      { scope: 'ip', ...ip },
      { scope: 'key', limit: keyRequestsPerMinute, windowSeconds: 60 },
      { scope: 'operator', ...operator },
      { scope: 'agent', ...agent },
    ]),
  }),
});

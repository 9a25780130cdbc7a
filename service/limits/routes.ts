import type { Handlers } from '../gate/context.ts';
import type { LimitRule } from '../gate/rate.ts';
import type { OpenLimiter } from './limiter.ts';

export interface LimitRules {
  readonly ip: LimitRule;
  readonly operator: LimitRule;
}

/** The rule of keys is each key's own; 60 a minute is what a key gets when nobody says otherwise (SPEC 5). */
export const DEFAULT_KEY_RULE = { limit: 60, windowSeconds: 60 } as const;
/** Heartbeats of each agent (SPEC 5). */
export const HEARTBEAT_RULE = { limit: 4, windowSeconds: 60 } as const;

export const limitsHandlers = (
  limiter: Pick<OpenLimiter, 'state'>,
  rules: LimitRules,
): Pick<Handlers, 'limits.state'> => ({
  'limits.state': async () => ({
    status: 200,
    body: limiter.state([
      { scope: 'ip', ...rules.ip },
      { scope: 'key', ...DEFAULT_KEY_RULE },
      { scope: 'operator', ...rules.operator },
      { scope: 'agent', ...HEARTBEAT_RULE },
    ]),
  }),
});

import type { Gate } from '../ipc/gate.ts';

/** One call through the gate: what it was and how long it took. Payloads and answers are nobody's business here. */
export interface TracedCall {
  /** Milliseconds since the start of the console. */
  readonly at: number;
  readonly channel: string;
  /** Route of an `api.call`; empty otherwise. */
  readonly route: string;
  readonly ms: number;
  readonly outcome: string;
}

/** Enough to scroll through; older calls make room. */
const KEPT = 300;
const NAME = /^[\w.-]{1,64}$/;

/** An attacker-controlled name is shown when it looks like one of ours. */
const nameOf = (name: unknown): string => (typeof name === 'string' && NAME.test(name) ? name : '(unnamed)');

const routeOf = (payload: unknown): string =>
  typeof payload === 'object' && payload !== null && 'route' in payload ? nameOf(payload.route) : '';

/** Stands between the transport and the gate, and changes nothing of what passes. */
export function createTrace(now: () => number) {
  const calls: TracedCall[] = [];
  return {
    calls: (): readonly TracedCall[] => calls,
    watch:
      (gate: Gate): Gate =>
      async (caller, channel, payload) => {
        const at = now();
        const result = await gate(caller, channel, payload);
        const outcome = result.ok ? 'answered' : result.error.code;
        calls.push({ at, channel: nameOf(channel), route: routeOf(payload), ms: now() - at, outcome });
        if (calls.length > KEPT) calls.shift();
        return result;
      },
  };
}

import { request } from 'undici';
import type { AutonomySettings } from '../../shared/service/autonomy-settings.ts';
import { guardedAgent, outboundFailure, readBounded } from '../outbound/agent.ts';

const CONNECTIONS = 16;

export interface OutboundCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The most bytes of the body that are read. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface OutboundAnswer {
  readonly status: number;
  /** The first value of a header, or undefined. */
  header(name: string): string | undefined;
  readonly body: Buffer;
}

/** One call, whose whole answer is read. No redirect, no retry. @throws OutboundError */
export type Send = (call: OutboundCall) => Promise<OutboundAnswer>;

/** The payer's only way out. */
export function openWayOut(settings: AutonomySettings): Send {
  const dispatcher = guardedAgent({ ...settings, connections: CONNECTIONS });
  return async ({ method, url, headers, body, limit, signal }) => {
    try {
      const answer = await request(url, { method, dispatcher, headers, body: body ?? null, signal });
      const bytes = await readBounded(answer.body, limit);
      return {
        status: answer.statusCode,
        header: (name) => {
          const value = answer.headers[name];
          return Array.isArray(value) ? value[0] : value;
        },
        body: bytes,
      };
    } catch (error) {
      throw outboundFailure(error, signal.aborted);
    }
  };
}

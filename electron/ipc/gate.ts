import type { z } from 'zod';
import type { Contract, IpcError, IpcResult } from '../../shared/ipc/contract.ts';
import { isPlainJson } from './plain-json.ts';
import { Refusal } from './refusal.ts';
import { type Caller, isTrustworthy } from './sender.ts';

export class GateError extends Error {
  override readonly name = 'GateError';
  readonly code: 'handler-missing' | 'contract-missing' | 'schema-missing';

  constructor(code: GateError['code'], channel: string) {
    super(`${code}: ${channel}`);
    this.code = code;
  }
}

type Contracts = Readonly<Record<string, Contract>>;

/** One handler a contract: parsed request in, answer out. */
export type Handlers<T extends Contracts> = {
  readonly [C in keyof T]: (
    request: z.output<T[C]['request']>,
    context: { readonly requestId: string },
  ) => Promise<z.input<T[C]['response']>> | z.input<T[C]['response']>;
};

export interface GateDependencies<T extends Contracts> {
  readonly contracts: T;
  readonly handlers: Handlers<T>;
  /** `webContents.id` of the application's window, or null while there is none. */
  readonly appContentsId: () => number | null;
  readonly isUnlocked: () => boolean;
  readonly newRequestId: () => string;
  /** Told of every refusal and every defect. Never given a payload or the text of a foreign error. */
  readonly log: (event: { requestId: string; channel: string; code: string; where?: string }) => void;
}

export type Gate = (caller: Caller, channel: unknown, payload: unknown) => Promise<IpcResult<unknown>>;

/**
 * The one door of the renderer: known sender, known channel, open vault, valid payload, handler, valid answer; in this
 * order, and the first that fails answers.
 * @throws GateError at start-up when a channel lacks its contract, its schemas or its handler
 */
export function createGate<const T extends Contracts>(deps: GateDependencies<T>): Gate {
  checkTable(deps.contracts, deps.handlers);
  return async (caller, channel, payload) => {
    const requestId = deps.newRequestId();
    try {
      if (!isTrustworthy(caller, deps.appContentsId()))
        throw new Refusal('unknown-sender', 'This window may not ask the console for anything.');
      const { contract, handler } = find(deps, channel);
      if (contract.whileLocked === 'refuse' && !deps.isUnlocked())
        throw new Refusal('locked', 'The vault is locked. Unlock it and try again.', { retryable: true });
      const request = isPlainJson(payload) ? contract.request.safeParse(payload) : null;
      if (!request?.success)
        throw new Refusal('invalid-payload', 'The console refused this request: it is not well formed.');
      const answer = await handler(request.data, { requestId });
      return { ok: true, value: contract.response.parse(answer) };
    } catch (error) {
      return { ok: false, error: refuse(error, requestId, nameOf(channel), deps.log) };
    }
  };
}

function checkTable(contracts: Contracts, handlers: Readonly<Record<string, unknown>>): void {
  for (const [channel, contract] of Object.entries(contracts)) {
    if (!contract.request || !contract.response) throw new GateError('schema-missing', channel);
    if (typeof handlers[channel] !== 'function') throw new GateError('handler-missing', channel);
  }
  for (const channel of Object.keys(handlers))
    if (!Object.hasOwn(contracts, channel)) throw new GateError('contract-missing', channel);
}

function find<T extends Contracts>({ contracts, handlers }: GateDependencies<T>, channel: unknown) {
  if (typeof channel !== 'string' || !Object.hasOwn(contracts, channel))
    throw new Refusal('unknown-channel', 'The console has no such function.');
  const contract = contracts[channel] as Contract;
  const handler = handlers[channel] as (request: unknown, context: { requestId: string }) => unknown;
  return { contract, handler };
}

function refuse(
  error: unknown,
  requestId: string,
  channel: string,
  log: GateDependencies<Contracts>['log'],
): IpcError {
  if (error instanceof Refusal) {
    const { code, message, retryable, service } = error;
    log({ requestId, channel, code });
    return { code, message, retryable, requestId, service };
  }
  log({ requestId, channel, code: 'internal', where: whereOf(error) });
  const message = `The console failed at this request. Its log has the reason under ${requestId}.`;
  return { code: 'internal', message, retryable: false, requestId, service: null };
}

/** An attacker-controlled channel name goes into the log short and on one line, or not at all. */
const nameOf = (channel: unknown): string =>
  typeof channel === 'string' && /^[\w.]{1,64}$/.test(channel) ? channel : '(unnamed)';

/** Class and code lines of an error without its message: a foreign message may quote a secret. */
export function whereOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames.slice(0, 6).map((line) => line.trim())].join(' | ');
}

import type { z } from 'zod';
import {
  type CallAnswer,
  type CallInput,
  type RouteId,
  type RouteTable,
  routeOf,
} from '../../shared/http/table.ts';
import { APP_CONTRACTS, type AppChannel, type AppRequest, type AppResponse } from '../../shared/ipc/app.ts';
import { DROP_CHANNEL } from '../../shared/ipc/channels.ts';
import { ipcError } from '../../shared/ipc/contract.ts';
import type { VerifyStatus } from '../../shared/ipc/evidence.ts';
import type { AppWindow } from '../../shared/ipc/window.ts';
import { BridgeError, fromIpcError } from './error.ts';

type RevealedField<Id extends RouteId> = RouteTable[Id] extends {
  reveals: readonly (infer F extends string)[];
}
  ? F
  : never;

/** What the screen gets of an answer: everything but the fields that a trusted window shows. */
export type ShownAnswer<Id extends RouteId> = Omit<CallAnswer<Id>, RevealedField<Id>>;

export interface CallResult<Id extends RouteId> {
  readonly body: ShownAnswer<Id>;
  /** Whether a trusted window is showing what was left out. */
  readonly revealed: boolean;
}

export interface Bridge {
  /** Asks main. @throws BridgeError */
  ask<C extends AppChannel>(channel: C, request: AppRequest<C>): Promise<AppResponse<C>>;
  /** Verifies a file that a person dropped: the page hands over the file and never a path. @throws BridgeError */
  drop(file: File): Promise<VerifyStatus>;
  /** Calls the admin API by route id; a signed route shows its card first. @throws BridgeError */
  call<Id extends RouteId>(route: Id, input: CallInput<Id>): Promise<CallResult<Id>>;
}

/** The schema of what may reach the screen: the route's own, less what it reveals. */
function shownSchema(route: RouteId, status: number): z.ZodType | undefined {
  const { answers, reveals } = routeOf(route);
  const schema = answers[status];
  if (!schema || !reveals) return schema;
  const mask: Record<string, true> = Object.fromEntries(reveals.map((field) => [field, true]));
  // A route that reveals fields answers with an object: there is nothing else to leave a field out of.
  return (schema as z.ZodObject<Record<string, z.ZodType>>).omit(mask);
}

function parsed<T>(schema: z.ZodType, value: unknown, what: string, requestId: string | null = null): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data as T;
  throw new BridgeError('bad-answer', `The answer to ${what} is not what its contract says.`, {
    requestId,
    cause: result.error,
  });
}

async function unwrap(door: AppWindow | undefined, channel: AppChannel, request: unknown): Promise<unknown> {
  if (!door)
    throw new BridgeError('no-door', 'This page runs outside the console. Start the console instead.');
  let result: unknown;
  try {
    result = await door.call(channel, request as AppRequest<typeof channel>);
  } catch (cause) {
    throw new BridgeError('internal', 'The console did not answer. Try again.', { retryable: true, cause });
  }
  if (typeof result !== 'object' || result === null || !('ok' in result))
    throw new BridgeError('bad-answer', `The console answered ${channel} with nothing.`);
  if (result.ok === true) return 'value' in result ? result.value : undefined;
  throw fromIpcError(parsed(ipcError, 'error' in result ? result.error : undefined, channel));
}

/** @param door `window.sallyport`, or `undefined` when no preload gave one */
export function createBridge(door: AppWindow | undefined): Bridge {
  const ask: Bridge['ask'] = async (channel, request) =>
    parsed(APP_CONTRACTS[channel].response, await unwrap(door, channel, request), channel);

  const call: Bridge['call'] = async (route, input) => {
    const answer = await ask('api.call', { route, ...input } as AppRequest<'api.call'>);
    const schema = shownSchema(route, answer.status);
    if (!schema)
      throw new BridgeError('bad-answer', `${route} answered ${answer.status}, which it does not declare.`);
    return { body: parsed(schema, answer.body, route), revealed: answer.revealed };
  };

  const drop: Bridge['drop'] = async (file) =>
    parsed(APP_CONTRACTS[DROP_CHANNEL].response, await unwrap(door, DROP_CHANNEL, file), DROP_CHANNEL);

  return { ask, call, drop };
}

declare global {
  interface Window {
    readonly sallyport?: AppWindow;
  }
}

export const doorOf = (window: Window): AppWindow | undefined => window.sallyport;

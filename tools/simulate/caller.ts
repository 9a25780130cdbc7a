import { randomUUID } from 'node:crypto';
import { count, type Tally } from './tally.ts';
import type { Asked, Reply, Transport } from './transport.ts';

export interface CallerDeps {
  readonly transport: Pick<Transport, 'ask'>;
  readonly tally: Tally;
  readonly addressOf: (index: number) => string;
}

export type Answer = Reply & { readonly body: unknown };

/** A person asks from its own address; what it gets is counted. A null body reads. */
export type Caller = (
  person: number,
  path: string,
  token: string | null,
  body: object | null,
  headers?: Asked['headers'],
) => Promise<Answer>;

export const createCaller =
  ({ transport, tally, addressOf }: CallerDeps): Caller =>
  async (person, path, token, body, headers) => {
    const authorization = token === null ? null : `Bearer ${token}`;
    const from = addressOf(person);
    const reply = await transport.ask({ path, authorization, from, body, ...(headers ? { headers } : {}) });
    count(tally, reply.status);
    return reply;
  };

/** The header that makes a mutation happen once. */
export const onlyOnce = (key: string = randomUUID()) => ({ 'idempotency-key': key });

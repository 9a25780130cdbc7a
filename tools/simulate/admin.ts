import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { cardFor } from '../../shared/http/card.ts';
import { apiErrorBody } from '../../shared/http/errors.ts';
import type { OperatorFile } from '../../shared/http/operator-file.ts';
import { type Signer, signRequest } from '../../shared/http/sign.ts';
import { type CallAnswer, type RouteId, routeOf } from '../../shared/http/table.ts';

/** Routes that a simulated operator uses. */
type OperatorRoute = Extract<
  RouteId,
  | 'operators.enrol'
  | 'operators.list'
  | 'keys.create'
  | 'keys.revoke'
  | 'treasury.grant'
  | 'provider-secrets.set-platform'
  | 'prices.set'
>;

/** The service said no; `type` is its own slug. */
export class AdminRefusal extends Error {
  override readonly name = 'AdminRefusal';
  readonly code: string;
  readonly status: number;
  readonly retryAfterSeconds: number;

  constructor(code: string, status: number, message: string, retryAfterSeconds: number) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface AdminClient {
  call<Id extends OperatorRoute>(
    route: Id,
    input: { params?: Readonly<Record<string, string>>; body?: object },
    signer: Signer,
  ): Promise<CallAnswer<Id>>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

const pathOf = (route: RouteId, params: Readonly<Record<string, string>>): string =>
  routeOf(route).path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));

function refusal(status: number, text: string, retryAfter: unknown): AdminRefusal {
  let decoded: unknown = null;
  try {
    decoded = JSON.parse(text);
  } catch {
    // Not the service's own words, so there is nothing to take from it but the status.
  }
  const known = apiErrorBody.safeParse(decoded).data?.error;
  return new AdminRefusal(
    known?.type ?? 'internal',
    status,
    known?.message ?? `the service answered ${status}`,
    Number(retryAfter) || 1,
  );
}

/** Headers of a mutation, signed over its exact bytes; a read is opened by the admin token alone. */
function headersFor(route: RouteId, targetUri: string, body: Uint8Array, signer: Signer) {
  const { method, risk, policy } = routeOf(route);
  if (policy.signed === 'no') return Promise.resolve({});
  return signRequest(
    {
      method,
      targetUri,
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body,
      risk: risk?.level ?? 'routine',
      ...(risk && risk.level !== 'routine' ? { card: cardFor(route, targetUri, body) } : {}),
    },
    signer,
  );
}

/** The admin plane of the service that an operator file belongs to: over its Unix socket, or its origin. */
export function createAdminClient(
  file: Pick<OperatorFile, 'adminOrigin' | 'adminSocket' | 'adminToken'>,
): AdminClient {
  const dispatcher = new Agent(
    file.adminSocket === null ? {} : { connect: { socketPath: file.adminSocket } },
  );
  return {
    async call(route, { params = {}, body }, signer) {
      const { method, answers } = routeOf(route);
      const targetUri = new URL(pathOf(route, params), file.adminOrigin).href;
      const bytes = body ? Buffer.from(JSON.stringify(body)) : null;
      const signed = await headersFor(route, targetUri, bytes ?? new Uint8Array(), signer);
      const answer = await request(targetUri, {
        method,
        dispatcher,
        headers: { ...signed, authorization: `Bearer ${file.adminToken}` },
        body: bytes,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
      });
      const text = await answer.body.text();
      const schema = answers[answer.statusCode];
      if (!schema || answer.statusCode >= 300)
        throw refusal(answer.statusCode, text, answer.headers['retry-after']);
      return schema.parse(JSON.parse(text)) as CallAnswer<typeof route>;
    },
    close: () => dispatcher.destroy(),
  };
}

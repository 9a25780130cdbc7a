import { type Order, OrderError, parseOrder, quoted, saysOf } from '../../shared/boundaries/order.ts';
import { type RunRequest, signRun } from '../../shared/boundaries/order-seal.ts';
import { apiErrorBody } from '../../shared/http/errors.ts';
import { ROUTES } from '../../shared/http/table.ts';
import { OrderToolError } from './errors.ts';

/** An order stops something that is happening now: whoever waits longer wants to try elsewhere. */
const TIMEOUT_MS = 15_000;
const RUN = ROUTES['orders.run'];

/** @throws OrderToolError `file` */
export function readOrder(file: string): Order {
  try {
    return parseOrder(file);
  } catch (cause) {
    if (!(cause instanceof OrderError)) throw cause;
    throw new OrderToolError('file', cause.message, { cause });
  }
}

/**
 * What to do when nobody has answered. Spending is stopped once, so a second run finds it stopped; but a containment is placed
 * again by each run that the order has left.
 */
const afterSilence = ({ act, runs }: Order): string =>
  act.does === 'contain' && runs > 1
    ? 'It may have been run: ask somebody who can see the ledger first, because running it again uses up one more run.'
    : 'If it was run, it says so when you run it again.';

const credentialOf = ({ act }: Order): string =>
  act.does === 'contain' ? `\nCredential: ${act.kind} ${act.credentialId}, called ${quoted(act.name)}` : '';

/** What somebody reads before they type the code. */
export const describeOrder = (order: Order): string =>
  `${saysOf(order.act)}${credentialOf(order)}\nSigned by ${quoted(order.preparedBy.name)} (${order.preparedBy.id}), ` +
  `because: ${quoted(order.reason)}\nFor ${order.service}, until ${order.until}, at most ${order.runs} time(s).`;

export interface Attempt {
  readonly file: string;
  readonly code: string;
  readonly api: URL;
  readonly now: Date;
  /** 16 bytes in base64url. */
  readonly nonce: string;
  readonly fetch: typeof fetch;
}

function sign(request: RunRequest, code: string, { id }: Order): string {
  try {
    return signRun(request, code, id);
  } catch (cause) {
    if (!(cause instanceof OrderError)) throw cause;
    throw new OrderToolError('code', cause.message, { cause });
  }
}

async function post({ api, fetch }: Attempt, order: Order, body: object): Promise<Response> {
  try {
    return await fetch(new URL(RUN.path, api), {
      method: RUN.method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // Whoever answers elsewhere is not the service that was named.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    throw new OrderToolError('unanswered', `${api.origin} does not answer. ${afterSilence(order)}`, {
      cause,
    });
  }
}

/**
 * Runs an order. Its code signs here and is not sent.
 * @returns what was done, for a person
 * @throws OrderToolError `code` | `refused` | `unanswered`
 */
export async function runOrder(attempt: Attempt): Promise<string> {
  const order = readOrder(attempt.file);
  const request = { order: attempt.file, at: attempt.now.toISOString(), nonce: attempt.nonce };
  const answer = await post(attempt, order, { ...request, signature: sign(request, attempt.code, order) });
  const body: unknown = await answer.json().catch(() => null);
  const done = answer.status === 200 ? RUN.answers[200].safeParse(body) : undefined;
  if (done?.success)
    return `Done: ${done.data.did} ${quoted(done.data.subject)}. It can be run ${done.data.runsLeft} more time(s).`;
  const refusal = apiErrorBody.safeParse(body);
  // Whoever answers need not be the service: its words are quoted before a terminal shows them.
  const why = refusal.success ? quoted(refusal.data.error.message) : `it answered ${answer.status}`;
  throw new OrderToolError('refused', `Refused: ${why}.`);
}

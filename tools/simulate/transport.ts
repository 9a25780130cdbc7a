import { createServer } from 'node:net';
import { Agent, request } from 'undici';

export interface Outgoing {
  readonly path: string;
  readonly authorization: string | null;
  /** Loopback address of the client. */
  readonly from: string;
  /** Beyond the usual ones: what a browser or a bot says it is. */
  readonly headers?: Readonly<Record<string, string>>;
  /** GET unless told otherwise. */
  readonly method?: 'GET' | 'HEAD';
}

/** `status` is `null` when nobody answered. */
export interface Reply {
  readonly status: number | null;
  readonly retryAfterSeconds: number | null;
}

export interface Asked extends Omit<Outgoing, 'method'> {
  /** Sent as JSON; null asks with GET. */
  readonly body: object | null;
}

export interface Transport {
  /** Asks and lets the answer's body go by. */
  send(outgoing: Outgoing): Promise<Reply>;
  /** Asks and reads the answer; what is no JSON is its text. */
  ask(asked: Asked): Promise<Reply & { readonly body: unknown }>;
  /** Whether each client has an address of its own, as the per-address limit sees it. */
  readonly spread: boolean;
  close(): Promise<void>;
}

/** Refused, reset or silent: for a client these are one thing. */
const UNANSWERED: Reply = { status: null, retryAfterSeconds: null };

/** An answer that takes longer is no answer. */
const TIMEOUT_MS = 5_000;

/** Linux answers for the whole of 127.0.0.0/8; macOS and Windows for some addresses or one. */
const canBind = (host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(0, host, () => probe.close(() => resolve(true)));
  });

const seconds = (header: string | string[] | undefined): number | null => {
  const value = Number(Array.isArray(header) ? header[0] : header);
  return Number.isFinite(value) && header !== undefined ? value : null;
};

function decoded(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Speaks to one API as many clients. */
export async function createTransport(api: string): Promise<Transport> {
  const spread = new URL(api).hostname === '127.0.0.1' && (await canBind('127.1.0.7'));
  const clients = new Map<string, Agent>();
  const clientAt = (from: string): Agent => {
    const at = spread ? from : '';
    const known = clients.get(at);
    if (known) return known;
    const made = new Agent({ connections: 8, ...(spread ? { localAddress: from } : {}) });
    clients.set(at, made);
    return made;
  };
  const open = (
    { path, authorization, from, headers = {}, method = 'GET' }: Outgoing,
    body: object | null = null,
  ) =>
    request(`${api}${path}`, {
      method: body === null ? method : 'POST',
      dispatcher: clientAt(from),
      headers: {
        ...headers,
        ...(authorization === null ? {} : { authorization }),
        ...(body === null ? {} : { 'content-type': 'application/json' }),
      },
      body: body === null ? null : JSON.stringify(body),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  return {
    spread,
    async send(outgoing) {
      try {
        const { statusCode, headers, body } = await open(outgoing);
        await body.dump();
        return { status: statusCode, retryAfterSeconds: seconds(headers['retry-after']) };
      } catch {
        return UNANSWERED;
      }
    },
    async ask(asked) {
      try {
        const { statusCode, headers, body } = await open(asked, asked.body);
        const answer = decoded(await body.text());
        return { status: statusCode, retryAfterSeconds: seconds(headers['retry-after']), body: answer };
      } catch {
        return { ...UNANSWERED, body: null };
      }
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.destroy()));
    },
  };
}

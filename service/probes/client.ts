import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The slug of a refusal; null for anything else. */
  readonly type: string | null;
  /** Parsed, or null when it is no JSON. What is in it is judged by whoever asked. */
  readonly body: unknown;
}

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'OPTIONS';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is text, as JSON otherwise. */
  readonly body?: unknown;
}

export interface Client {
  /** The public plane. */
  open(asked: Asked): Promise<Answer>;
  admin(asked: Asked): Promise<Answer>;
  /** The scan plane; null while it does not serve. */
  readonly scan: ((asked: Asked) => Promise<Answer>) | null;
}

export interface Targets {
  readonly api: string;
  readonly adminOrigin: string;
  readonly adminSocket: string | null;
  readonly resolver: string | null;
  /** Milliseconds between two requests to the public plane, so that the probes stay below the limit of their address. */
  readonly paceMs: number;
}

/** No answer of this service takes longer. */
const TIMEOUT_MS = 10_000;
const LARGEST = 1_048_576;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const typeOf = (body: unknown): string | null => {
  const error = (body as { error?: { type?: unknown } } | null)?.error;
  return typeof error?.type === 'string' ? error.type : null;
};

function send(where: RequestOptions, { method = 'GET', path, headers = {}, body }: Asked): Promise<Answer> {
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const json = payload === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const call = request({
      ...{ ...where, method, path, agent: false, timeout: TIMEOUT_MS },
      headers: { ...json, ...headers },
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    call.on('error', reject);
    call.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        if (text.length > LARGEST) call.destroy(new Error('the answer does not end'));
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const found = parsed(text);
        resolve({
          status: answer.statusCode ?? 0,
          ...{ headers: answer.headers, text, body: found, type: typeOf(found) },
        });
      });
    });
    call.end(payload);
  });
}

const hostOf = (origin: string): RequestOptions => {
  const { hostname, port } = new URL(origin);
  return { host: hostname.replace(/^\[|\]$/g, ''), port };
};

/** Speaks HTTP to the service as any client does; nothing it sends says that it is a probe. */
export function createClient({ api, adminOrigin, adminSocket, resolver, paceMs }: Targets): Client {
  const admin = adminSocket === null ? hostOf(adminOrigin) : { socketPath: adminSocket };
  let free = Promise.resolve();
  const turn = (): Promise<void> => {
    const mine = free;
    free = free.then(() => new Promise((resolve) => setTimeout(resolve, paceMs)));
    return mine;
  };
  return {
    open: (asked) => turn().then(() => send(hostOf(api), asked)),
    admin: (asked) => send(admin, asked),
    scan: resolver === null ? null : (asked) => send(hostOf(resolver), asked),
  };
}

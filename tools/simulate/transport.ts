import { createServer } from 'node:net';
import { Agent, request } from 'undici';

export interface Outgoing {
  readonly path: string;
  readonly authorization: string | null;
  /** Loopback address of the client. */
  readonly from: string;
}

/** `status` is `null` when nobody answered. */
export interface Reply {
  readonly status: number | null;
  readonly retryAfterSeconds: number | null;
}

export interface Transport {
  send(outgoing: Outgoing): Promise<Reply>;
  /** Whether each client has an address of its own, as the per-address limit sees it. */
  readonly spread: boolean;
  close(): Promise<void>;
}

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
  return {
    spread,
    async send({ path, authorization, from }) {
      try {
        const { statusCode, headers, body } = await request(`${api}${path}`, {
          dispatcher: clientAt(from),
          headers: authorization === null ? {} : { authorization },
          headersTimeout: TIMEOUT_MS,
          bodyTimeout: TIMEOUT_MS,
        });
        await body.dump();
        return { status: statusCode, retryAfterSeconds: seconds(headers['retry-after']) };
      } catch {
        // Refused, reset or silent: for a client these are one thing.
        return { status: null, retryAfterSeconds: null };
      }
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.destroy()));
    },
  };
}

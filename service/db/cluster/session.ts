import pg from 'pg';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';

interface Credentials {
  /** One of ours; on a server also the one that makes them. */
  readonly role: string;
  readonly password: string;
}

/** How soon an unused connection is asked whether its other end is still there. */
const KEEP_ALIVE_MS = 10_000;

/**
 * How a connection is encrypted: to the host that was configured and to no other, an IP address included. Nothing falls back to plain
 * text: a server that offers no TLS is not spoken to.
 */
export const tlsOf = ({ host, tls }: DatabaseEndpoint) =>
  tls === undefined
    ? false
    : {
        host,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2' as const,
        ...(tls.ca === null ? {} : { ca: tls.ca }),
      };

/** One connection of its own, outside any pool. Its loss is an `end` event, never an unhandled error. */
export async function connectSession(
  endpoint: DatabaseEndpoint,
  { role, password }: Credentials,
  timeoutMs: number,
): Promise<pg.Client> {
  const client = new pg.Client({
    host: endpoint.host,
    port: endpoint.port,
    database: endpoint.database,
    user: role,
    password,
    connectionTimeoutMillis: timeoutMs,
    application_name: `sallyport-${role}`,
    ssl: tlsOf(endpoint),
    // Whoever waits on a server's notifications, or for its end, would never hear that the machine is gone.
    ...{ keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_MS },
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** SQLSTATE of an error from PostgreSQL, or the code of a system error. */
export const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};

/** `cannot_connect_now`: it starts, stops or replays its log; it will answer. */
export const isStartingUp = (error: unknown): boolean => codeOf(error) === '57P03';

/** Wrong password, unknown role or unknown database; scram answers the first two alike. */
export const isRefused = (error: unknown): boolean => ['28P01', '28000', '3D000'].includes(codeOf(error));

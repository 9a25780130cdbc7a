import pg from 'pg';
import type { DatabaseRole } from '../../../shared/service/keys.ts';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';

export interface Credentials {
  readonly role: DatabaseRole;
  readonly password: string;
}

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

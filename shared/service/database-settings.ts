import { z } from 'zod';

/** Where PostgreSQL listens: the folder of a Unix socket, or a host. */
export const databaseEndpoint = z.object({
  ...{ host: z.string(), port: z.number().int(), database: z.string() },
  /** Connections are encrypted, to this very host: its certificate is vouched for by `ca` (PEM), or null: the public authorities. */
  tls: z.object({ ca: z.string().nullable() }).optional(),
});

export const databaseSettings = z.object({
  process: z.literal('database'),
  dataDir: z.string(),
  /** Folder that holds `bin/postgres` and `bin/initdb`. */
  binaries: z.string(),
  /** A second folder to listen in, open to the scan plane’s own system user; absent: it shares the service’s. */
  scanSockets: z.string().optional(),
  /** A server that somebody else runs, and the role that makes ours on it; absent: the cluster of the data directory. */
  server: z.object({ endpoint: databaseEndpoint, user: z.string() }).optional(),
});

import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';
import type { Passwords } from '../cluster/bootstrap.ts';

/** The server, our database on it, and with whose rights our roles are made. */
export interface Target {
  readonly endpoint: DatabaseEndpoint;
  /** A role that the server's DBA made. */
  readonly maker: { readonly role: string; readonly password: string };
  readonly passwords: Passwords;
}

/** TLS and a server across a network included. */
export const CONNECT_MS = 5000;

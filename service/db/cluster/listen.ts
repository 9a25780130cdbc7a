import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { DatabaseEndpoint } from '../../../shared/service/launch.ts';
import { type ClusterLayout, SOCKET_PORT } from './layout.ts';
import type { PostmasterFile } from './postmaster.ts';

/** The application's database inside the cluster. */
export const DATABASE_NAME = 'sallyport';

const WINDOWS = process.platform === 'win32';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Where a new postmaster will listen: a socket in a 0700 folder, or loopback where there are none (Windows). */
export async function chooseEndpoint(layout: ClusterLayout): Promise<DatabaseEndpoint> {
  if (WINDOWS) return { host: '127.0.0.1', port: await freePort(), database: DATABASE_NAME };
  return { host: layout.sockets, port: SOCKET_PORT, database: DATABASE_NAME };
}

/** Where a running postmaster listens. One that is just starting has not written its folder yet; it is ours. */
export function endpointOf(file: PostmasterFile, layout: ClusterLayout): DatabaseEndpoint {
  const host = WINDOWS ? '127.0.0.1' : file.sockets || layout.sockets;
  return { host, port: file.port || SOCKET_PORT, database: DATABASE_NAME };
}

/** Whether a running postmaster listens for the scan plane where it has to: one of an earlier start may know nothing of it. */
export const listensForScans = (port: number, scanSockets: string | undefined): boolean =>
  scanSockets === undefined || existsSync(join(scanSockets, `.s.PGSQL.${port}`));

/**
 * @param scanSockets a folder beside the endpoint's own, whose group the scan plane's user is in: the socket there is the
 * group's as well, and folders decide who reaches which
 */
function socketSettings(host: string, scanSockets: string | undefined) {
  if (scanSockets === undefined) return { unix_socket_directories: host, unix_socket_permissions: '0600' };
  return { unix_socket_directories: `${host}, ${scanSockets}`, unix_socket_permissions: '0660' };
}

export function listenArguments(endpoint: DatabaseEndpoint, scanSockets?: string): string[] {
  const settings = WINDOWS
    ? { listen_addresses: endpoint.host, unix_socket_directories: '' }
    : { listen_addresses: '', ...socketSettings(endpoint.host, scanSockets) };
  return Object.entries({ ...settings, port: String(endpoint.port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
}

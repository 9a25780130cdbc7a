import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { ApiStartError } from './start-error.ts';

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

/** Longest path that fits `sun_path` on Linux, without its terminating zero. */
const SOCKET_PATH_BYTES = 107;

const isPipe = (path: string) => path.startsWith('\\\\.\\pipe\\');

/** @returns the origin it serves, with the port that it really has */
export async function listenOnPort(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const taken = codeOf(cause) === 'EADDRINUSE';
    throw new ApiStartError(
      taken ? 'port-taken' : 'settings-invalid',
      taken
        ? `Port ${port} is in use by another program. End it, or choose another port.`
        : `This machine cannot listen on ${host}:${port}. Choose another address.`,
      { cause },
    );
  }
  const address = app.server.address();
  if (address === null || typeof address === 'string')
    throw new ApiStartError('internal', 'the listener has no port');
  return `http://${address.family === 'IPv6' ? `[${host}]` : host}:${address.port}`;
}

/** Whether somebody serves on this socket. A file that nobody answers on was left behind by a crash. */
const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error) => resolve(codeOf(error) !== 'ECONNREFUSED' && codeOf(error) !== 'ENOENT'));
  });

async function prepareSocket(path: string): Promise<void> {
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES)
    throw new ApiStartError(
      'settings-invalid',
      `The socket path ${path} is too long; choose a shorter folder.`,
    );
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = await stat(folder);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0)
    throw new ApiStartError(
      'settings-invalid',
      `The folder ${folder} must be this user’s own, with mode 0700.`,
    );
  if (await answers(path))
    throw new ApiStartError('port-taken', `Another Sallyport answers on ${path}. Stop it first.`);
  const left = await stat(path).catch(() => null);
  if (left && !left.isSocket())
    throw new ApiStartError('settings-invalid', `${path} is a file, not a socket of ours. Move it away.`);
  await rm(path, { force: true });
}

/** A Unix socket for this user alone (0600 in a 0700 folder), or a named pipe. */
export async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  if (!isPipe(path)) await prepareSocket(path);
  try {
    await app.listen({ path });
  } catch (cause) {
    throw new ApiStartError('port-taken', `The socket ${path} cannot be opened.`, { cause });
  }
  if (!isPipe(path)) await chmod(path, 0o600);
}

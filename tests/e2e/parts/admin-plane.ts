import { type IncomingMessage, request } from 'node:http';
import type { OperatorFile } from '../../../shared/http/operator-file.ts';

/** Asks the admin plane as a tool on this host does, over its socket. @returns the answer, its body unread */
export const askAdmin = (file: OperatorFile, path: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${file.adminToken}`, host: new URL(file.adminOrigin).host };
    request({ socketPath: file.adminSocket ?? '', path, headers }, resolve)
      .on('error', reject)
      .end();
  });

/** Milliseconds until an open answer is ended by the other side. */
export async function untilClosed(answer: IncomingMessage): Promise<number> {
  const began = performance.now();
  answer.resume();
  await new Promise((resolve) => answer.once('close', resolve));
  return performance.now() - began;
}

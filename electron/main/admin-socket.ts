import { tmpdir } from 'node:os';
import { type AdminSocket, adminSocket } from '../backend/runtime-folder.ts';

/** The bundled service's admin socket, on this machine and for this user. */
export const openAdminSocket = (root: string): AdminSocket =>
  adminSocket(root, {
    platform: process.platform,
    environment: process.env,
    temporary: tmpdir(),
    uid: process.getuid?.() ?? 0,
  });

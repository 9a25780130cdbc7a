import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..');

export const isRoot = () => process.getuid?.() === 0;

/**
 * What is kept between runs lies outside the repository: a clean clone stays clean, and as root the unprivileged
 * user must be able to read it (a clone under /root is closed to everybody else).
 */
export function cacheFolder() {
  if (process.env.SALLYPORT_CACHE) return resolve(process.env.SALLYPORT_CACHE);
  if (isRoot()) return '/var/cache/sallyport';
  if (process.platform === 'win32') {
    return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'sallyport', 'cache');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'sallyport');
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sallyport');
}

import { closeSync, fchmodSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** Two files of this size hold days of ordinary logs and never fill a disk. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * A log file (0600 under any umask) that is set aside as `PATH.1` when it is full. A disk that takes no more loses lines of
 * the log, never the process that writes them.
 */
export function openRotatingFile(path: string, maxBytes = MAX_BYTES) {
  const open = (): { fd: number; size: number } => {
    const fd = openSync(path, 'a', 0o600);
    fchmodSync(fd, 0o600);
    return { fd, size: fstatSync(fd).size };
  };
  let file: { fd: number; size: number } | null = open();

  const rotate = (): void => {
    if (file) closeSync(file.fd);
    file = null;
    renameSync(path, `${path}.1`);
    file = open();
  };
  return {
    write(data: string | Uint8Array): void {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      try {
        if (file && file.size > 0 && file.size + bytes.length > maxBytes) rotate();
        if (!file) return;
        writeSync(file.fd, bytes);
        file.size += bytes.length;
      } catch {
        // The log cannot say that the log cannot be written.
      }
    },
    close(): void {
      if (file) closeSync(file.fd);
      file = null;
    },
  };
}
export type RotatingFile = ReturnType<typeof openRotatingFile>;

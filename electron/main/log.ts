import { openRotatingFile } from '../backend/rotating-file.ts';

export interface Log {
  info(event: Readonly<Record<string, unknown>>): void;
  warn(event: Readonly<Record<string, unknown>>): void;
  error(event: Readonly<Record<string, unknown>>): void;
  close(): void;
}

/** Main's own log: one JSON line an event. Callers name facts; no payload, no header and no foreign message goes in. */
export function openLog(path: string, now: () => Date): Log {
  const file = openRotatingFile(path);
  const write = (level: string) => (event: Readonly<Record<string, unknown>>) =>
    file.write(`${JSON.stringify({ at: now().toISOString(), level, process: 'main', ...event })}\n`);
  return { info: write('info'), warn: write('warn'), error: write('error'), close: () => file.close() };
}

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { DEFAULT_LIMITS, limitSettings } from '../../shared/service/launch.ts';

/** Agents keep the URL of the public API, so its port stays the same from start to start. */
const DEFAULT_API_PORT = 4180;
const DEFAULT_IDLE_MINUTES = 10;

const bounds = z.strictObject({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(480).max(16_384),
  height: z.number().int().min(320).max(16_384),
});
export type Bounds = z.infer<typeof bounds>;

/** What the console remembers in the clear. Nothing here can weaken a lock beyond the bounds that the schema sets. */
const settings = z.object({
  /** 0 lets the system choose, which agents cannot rely on. */
  apiPort: z.number().int().min(0).max(65_535).catch(DEFAULT_API_PORT),
  idleMinutes: z.number().int().min(1).max(240).catch(DEFAULT_IDLE_MINUTES),
  bounds: bounds.nullable().catch(null),
  /** Of the bundled service, per address and per operator; they hold from its next start. */
  limits: limitSettings.catch(DEFAULT_LIMITS),
  /** Folder that the ledger is mirrored to. */
  mirror: z.string().min(1).max(4096).nullable().catch(null),
});
export type Settings = z.infer<typeof settings>;

const read = (path: string): unknown => {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Absent or damaged: the defaults are safe, and the next change writes a whole file.
    return {};
  }
};

/** Settings with their file. A value that is not valid falls back to its default alone. */
export function openSettings(path: string) {
  let current = settings.parse(read(path));
  return {
    get: (): Readonly<Settings> => current,
    /** Holds at once, also when it cannot be saved. @throws what the file system says, for instance ENOSPC or EROFS */
    set(change: Partial<Settings>): void {
      current = settings.parse({ ...current, ...change });
      const draft = `${path}.draft`;
      writeFileSync(draft, `${JSON.stringify(current, null, 2)}\n`, { mode: 0o600 });
      renameSync(draft, path);
    },
  };
}
export type SettingsFile = ReturnType<typeof openSettings>;

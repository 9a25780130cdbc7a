import type { AppInfo } from '../../shared/ipc/app.ts';

/** Started from a clone, Electron would give its own. */
export const VERSION = '0.1.0';

/** The Electron release that is shipped; `package.json` pins the same. */
const PINNED_ELECTRON = '45.4.1';

interface Running {
  readonly version: string;
  readonly platform: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly packaged: boolean;
}

/** `release` is exactly the runtime that is pinned; anything else is for development and tests, and is shown as such. */
export const appInfo = ({ version, platform, versions, packaged }: Running): AppInfo => ({
  version,
  platform,
  electron: versions.electron ?? 'unknown',
  chromium: versions.chrome ?? 'unknown',
  node: versions.node ?? 'unknown',
  runtime: versions.electron === PINNED_ELECTRON ? 'release' : 'development',
  packaged,
});

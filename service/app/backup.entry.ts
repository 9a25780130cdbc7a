import { version } from '../../package.json';
import { takeBackup } from '../db/backup/take.ts';
import { processLog } from '../process/process-log.ts';
import { resolveEnvironment } from '../secrets/resolve.ts';
import { packagedBinaries } from './launcher/binaries.ts';
import {
  argumentsOf,
  folderOf,
  keyFileIn,
  refuseServer,
  rootKeyFrom,
  runMaintenance,
} from './launcher/maintenance.ts';

const USAGE = `Usage: npm run -s backup -- --data DIR --to DIR [--with-root-key]

  --data DIR        data directory of the service, which may run on
  --to DIR          an empty folder, or one that is made (0700)
  --with-root-key   puts the root key beside the data; without it the key has to be kept elsewhere

Environment: SALLYPORT_ROOT_KEY, or DIR/root.key; SALLYPORT_POSTGRES`;

const KEY_INSIDE =
  'The root key lies in it (root.key, 0600): whoever reads this backup can open everything. Encrypt it before it leaves this host.';
const KEY_APART =
  'The root key is NOT in it. Keep the key at another place: without it nothing in this backup can be opened, by nobody.';

await runMaintenance(USAGE, async () => {
  const given = argumentsOf({
    data: { type: 'string' },
    to: { type: 'string' },
    'with-root-key': { type: 'boolean', default: false },
  });
  const [dataDir, to] = [folderOf('data', given.data), folderOf('to', given.to)];
  const withRootKey = given['with-root-key'];
  const { env } = await resolveEnvironment(process.env, process.cwd());
  refuseServer(env.DATABASE_URL);
  const root = await rootKeyFrom(env.SALLYPORT_ROOT_KEY, keyFileIn(dataDir));
  const binaries = env.SALLYPORT_POSTGRES || packagedBinaries(import.meta.url);
  const log = processLog('launcher');
  const now = () => new Date();
  const { ledgerSize, files } = await takeBackup({
    ...{ dataDir, to, binaries, root, withRootKey, version, now, log },
  });
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    `Backup: ${to}, ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, at least ${ledgerSize} ledger entries.`,
    withRootKey ? KEY_INSIDE : KEY_APART,
  ];
});

import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import type { KeysOf } from '../../../shared/service/launch.ts';
import { createMutate } from '../../identity/mutation.ts';
import { envelopeKey, openCode } from '../../minting/codes.ts';
import { downloadHandler } from '../../minting/exports/download.ts';
import { ExportMaker } from '../../minting/exports/maker.ts';
import { exportHandlers } from '../../minting/exports/routes.ts';
import type { OpenCode } from '../../minting/exports/rows.ts';
import { LocalStorage } from '../../minting/exports/storage/local.ts';
import { S3Storage } from '../../minting/exports/storage/s3.ts';
import type { ExportStorage } from '../../minting/exports/storage/storage.ts';
import { ApiStartError } from '../../process/start-error.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

const FOLDER = 'mint-exports';

type ExportKeys = Pick<KeysOf<'api'>, 'exportSeed' | 'exportStorage' | 'codeSeed'>;
type Answers = ReturnType<typeof exportHandlers> & {
  'mint-exports.download': ReturnType<typeof downloadHandler>;
};

/** @throws ApiStartError `settings-invalid` for a bucket that nobody could open */
function openStorage({ exports, dataDir }: RoomParts['settings'], keys: ExportKeys): ExportStorage {
  if (exports?.bucket === undefined) return new LocalStorage(join(dataDir, FOLDER));
  if (keys.exportStorage !== undefined) return new S3Storage(exports.bucket, keys.exportStorage);
  throw new ApiStartError('settings-invalid', 'A bucket for exports is configured without its credentials.');
}

/** One seed, one key for each purpose. */
export const exportKey = (seed: string, purpose: 'objects' | 'links'): Uint8Array =>
  new Uint8Array(
    hkdfSync('sha256', Buffer.from(seed, 'base64url'), '', `sallyport/mint-exports/v1/${purpose}`, 32),
  );

/** Tokens come job by job, so the key of the last job is kept. */
function codeOpener(seed: Uint8Array): OpenCode {
  let last: { readonly jobId: string; readonly key: Uint8Array } = { jobId: '', key: seed };
  return ({ id, job_id: jobId, code_envelope: envelope }) => {
    if (last.jobId !== jobId) last = { jobId, key: envelopeKey({ seed }, jobId) };
    return openCode(last.key, id, envelope);
  };
}

/** Files of mint jobs: any instance makes them, and any instance sends them. */
export function openMintExports({
  settings,
  keys,
  db,
  staging,
  random,
  now,
}: RoomParts): OpenedRoom<Answers> {
  const storage = openStorage(settings, keys);
  const [seed, linkKey] = [exportKey(keys.exportSeed, 'objects'), exportKey(keys.exportSeed, 'links')];
  const resolverOrigin = settings.exports?.resolverOrigin ?? null;
  const opener = codeOpener(Buffer.from(keys.codeSeed, 'base64url'));
  const owner = Buffer.from(random(16)).toString('hex');
  const maker = new ExportMaker({
    ...{ db, storage, seed, openCode: opener, resolverOrigin, random, now, staging, owner },
  });
  return {
    handlers: {
      ...exportHandlers({ db, mutate: createMutate(db, staging), linkKey, resolverOrigin, random }),
      'mint-exports.download': downloadHandler({ db, staging, storage, linkKey, seed }),
    },
    jobs: [{ name: 'mint-exports', everyMs: 500, run: () => maker.run(), stop: () => maker.stop() }],
  };
}

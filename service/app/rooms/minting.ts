import { createMutate } from '../../identity/mutation.ts';
import { brandHandlers } from '../../minting/brands/routes.ts';
import { jobHandlers } from '../../minting/jobs/routes.ts';
import { tokenHandlers } from '../../minting/tokens/routes.ts';
import { mintWatch } from '../mint-watch.ts';
import { openMintExports } from './mint-exports.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof brandHandlers> &
  ReturnType<typeof jobHandlers> &
  ReturnType<typeof tokenHandlers> &
  ReturnType<typeof openMintExports>['handlers'];

/** The minting plane as members see it; who mints is the worker process. */
export function openMinting(parts: RoomParts): OpenedRoom<Answers> {
  const { db, staging, random, mintWork } = parts;
  const { codeHash, codeSeed } = parts.keys;
  const mutate = createMutate(db, staging);
  const keys = { hash: Buffer.from(codeHash, 'base64url'), seed: Buffer.from(codeSeed, 'base64url') };
  const exports = openMintExports(parts);
  return {
    handlers: {
      ...brandHandlers({ db, mutate, random }),
      ...jobHandlers({ db, mutate, random }),
      ...tokenHandlers({ db, mutate, random, keys }),
      ...exports.handlers,
    },
    jobs: [mintWatch(db, mintWork ?? (() => undefined)), ...exports.jobs],
  };
}

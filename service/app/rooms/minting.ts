import type { KeysOf } from '../../../shared/service/launch.ts';
import { createMutate } from '../../identity/mutation.ts';
import { brandHandlers } from '../../minting/brands/routes.ts';
import { jobHandlers } from '../../minting/jobs/routes.ts';
import { tokenHandlers } from '../../minting/tokens/routes.ts';
import { mintWatch } from '../mint-watch.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof brandHandlers> &
  ReturnType<typeof jobHandlers> &
  ReturnType<typeof tokenHandlers>;

/** The minting plane as members see it; who mints is the worker process. */
export function openMinting(
  { db, staging, random }: RoomParts,
  { codeHash, codeSeed }: Pick<KeysOf<'api'>, 'codeHash' | 'codeSeed'>,
  mintWork: (wanted: boolean) => void = () => undefined,
): OpenedRoom<Answers> {
  const mutate = createMutate(db, staging);
  const keys = { hash: Buffer.from(codeHash, 'base64url'), seed: Buffer.from(codeSeed, 'base64url') };
  return {
    handlers: {
      ...brandHandlers({ db, mutate, random }),
      ...jobHandlers({ db, mutate, random }),
      ...tokenHandlers({ db, mutate, random, keys }),
    },
    jobs: [mintWatch(db, mintWork)],
  };
}

import type { SecretUse } from '../../../shared/http/secret-use.ts';
import type { EventData } from '../../../shared/ledger/events.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Done, Mutate } from '../mutation.ts';
import { requireSigned } from '../proposals/propose.ts';
import { isOwnUse } from './rules.ts';
import { publicKeyOf, takeUses } from './store.ts';

const eventOf = ({ id, at, action, item, signer, signature }: SecretUse): EventData<'vault.secret-used'> => ({
  ...{ useId: id, usedAt: at, action, keyId: signer, signature },
  ...{ itemId: item?.id ?? null, itemType: item?.type ?? null, label: item?.label ?? null },
  canary: item?.canary ?? false,
});

/** Uses of an operator's own secrets: each proven by the key that made it, each in the ledger once. */
export const secretUseHandlers = ({
  mutate,
}: {
  readonly mutate: Mutate;
}): Pick<Handlers, 'vault.journal'> => ({
  'vault.journal': ({ body: { uses } }, ctx) =>
    mutate('vault.journal', ctx, async (tx, stage): Promise<Done<'vault.journal'>> => {
      const { principal } = ctx;
      requireSigned(ctx);
      if (principal.type !== 'operator') throw new HttpError('forbidden', 'only an operator has a vault');
      const { id: operatorId, keyId } = principal;
      const publicKey = await publicKeyOf(tx, operatorId);
      const distinct = new Set(uses.map(({ id }) => id)).size === uses.length;
      if (
        publicKey === null ||
        !distinct ||
        !uses.every((use) => isOwnUse(use, { keyId, publicKey }, ctx.now()))
      )
        throw new HttpError(
          'conflict',
          'a use is not signed by the key that sends it, is in the future, or is there twice',
        );
      const taken = await takeUses(
        tx,
        keyId,
        uses.map(({ id, at }) => ({ id, at: new Date(at) })),
      );
      const eventIds: string[] = [];
      for (const use of uses)
        if (taken.has(use.id)) eventIds.push(await stage('vault.secret-used', eventOf(use)));
      return { subject: operatorId, answer: { status: 200, body: { entered: taken.size, eventIds } } };
    }),
});

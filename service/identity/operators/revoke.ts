import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../mutation.ts';
import { withdrawAllOf } from '../proposals/closing.ts';
import { activeOperators, administratorsAmong, lockRoster } from './roster.ts';
import { requireConsequence, toOperator } from './rules.ts';
import { readOperator, revokeCodesOf, revokeOperator } from './store.ts';

/**
 * Revokes an operator and all that rests on its word: unused invitations and open proposals. It is containment: it waits for
 * nobody, and it binds at once, because every signature is looked up by an active key.
 */
export const revoke =
  ({ mutate }: { readonly mutate: Mutate }): Handlers['operators.revoke'] =>
  ({ params: { id }, body: { reason, consequence } }, ctx) =>
    mutate('operators.revoke', ctx, async (tx, stage): Promise<Done<'operators.revoke'>> => {
      await lockRoster(tx);
      const target = await readOperator(tx, id);
      if (!target) throw new HttpError('not_found', `there is no operator ${id}`);
      if (target.revoked_at !== null) throw new HttpError('conflict', `${id} is revoked already`);
      const others = (await activeOperators(tx)).filter((other) => other.id !== id);
      const administratorsLeft = administratorsAmong(others);
      requireConsequence(administratorsLeft, target.role === 'administrator', consequence !== undefined);
      const revoked = { at: ctx.now(), by: actorOf(ctx).id };
      const row = await revokeOperator(tx, id, { ...revoked, reason });
      const invitations = await revokeCodesOf(tx, id, revoked.at);
      const proposals = await withdrawAllOf(tx, stage, id, revoked);
      const { name, role, key_id: keyId } = target;
      const eventId = await stage('operator.revoked', {
        ...{ operatorId: id, name, role, keyId, reason },
        ...{ invitations, proposals, administratorsLeft },
      });
      return { subject: id, answer: { status: 200, body: { operator: toOperator(row), eventId } } };
    });

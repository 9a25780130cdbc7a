import { makeId } from '../../../shared/ids/ids.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done } from '../mutation.ts';
import { requireSecondOperator } from '../proposals/rules.ts';
import { type EnrolDeps, enrol } from './enrol.ts';
import { revoke } from './revoke.ts';
import { activeOperators, countEverEnrolled, lockRoster } from './roster.ts';
import { AUTHORITY_APPROVERS, CODE_BYTES, CODE_LIFETIME_MS, codeHash, newCode, toOperator } from './rules.ts';
import { insertCode, listOperators } from './store.ts';

export interface OperatorHandlerDeps extends EnrolDeps {
  readonly db: Pick<Database, 'kysely'>;
}

type OperatorHandlers = Pick<
  Handlers,
  'operators.enrol' | 'operators.list' | 'operators.invite' | 'operators.revoke'
>;

const invite =
  ({ mutate, random }: OperatorHandlerDeps): OperatorHandlers['operators.invite'] =>
  ({ body: { name, role } }, ctx) =>
    mutate('operators.invite', ctx, async (tx, stage): Promise<Done<'operators.invite'>> => {
      // The issuer is a row of the database: an unsigned request of development mode has none.
      if (ctx.principal.type !== 'operator') throw new HttpError('forbidden', 'only an operator can invite');
      await lockRoster(tx);
      if ((await countEverEnrolled(tx)) > 1)
        requireSecondOperator(await activeOperators(tx), ctx.principal, AUTHORITY_APPROVERS);
      const issuedAt = ctx.now();
      const expiresAt = new Date(issuedAt.getTime() + CODE_LIFETIME_MS);
      const code = newCode(random(CODE_BYTES));
      const id = makeId('invitation', random(10), issuedAt.getTime());
      const issuedBy = actorOf(ctx).id;
      await insertCode(tx, {
        id,
        hash: codeHash(code),
        purpose: 'invitation',
        name,
        role,
        issuedBy,
        issuedAt,
        expiresAt,
      });
      const until = expiresAt.toISOString();
      const eventId = await stage('operator.invited', { invitationId: id, name, role, expiresAt: until });
      return { subject: id, answer: { status: 201, body: { code, expiresAt: until, eventId } } };
    });

const list =
  ({ db }: OperatorHandlerDeps): OperatorHandlers['operators.list'] =>
  async () => ({ status: 200, body: { operators: (await listOperators(db.kysely)).map(toOperator) } });

export const operatorHandlers = (deps: OperatorHandlerDeps): OperatorHandlers => ({
  'operators.enrol': enrol(deps),
  'operators.list': list(deps),
  'operators.invite': invite(deps),
  'operators.revoke': revoke(deps),
});

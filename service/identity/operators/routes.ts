import { thumbprint } from '../../../shared/http/sign.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Actor } from '../../../shared/ledger/entry.ts';
import type { Database, Tx } from '../../db/database.ts';
import { isRefusedBy } from '../../db/database-error.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../mutation.ts';
import { sha256 } from '../signature/checks.ts';
import {
  CODE_BYTES,
  CODE_LIFETIME_MS,
  codeHash,
  newCode,
  type OperatorRow,
  requireUsableCode,
  toOperator,
} from './rules.ts';
import { insertCode, insertOperator, listOperators, lockCode, type NewOperator, useCode } from './store.ts';

export interface OperatorHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
  /** An operator has enrolled and it is committed: a code for the first one has no use any more. */
  readonly enrolled: () => void;
}

type OperatorHandlers = Pick<Handlers, 'operators.enrol' | 'operators.list' | 'operators.invite'>;

async function insertOnce(tx: Tx, operator: NewOperator): Promise<OperatorRow> {
  try {
    return await insertOperator(tx, operator);
  } catch (error) {
    if (isRefusedBy(error, 'operators_first_once') || isRefusedBy(error, 'operators_key_once'))
      throw new HttpError('already_enrolled', 'this key, or the first operator, has enrolled already', {
        cause: error,
      });
    throw error;
  }
}

const enrol =
  ({ mutate, random, enrolled }: OperatorHandlerDeps): OperatorHandlers['operators.enrol'] =>
  async ({ body: { code, name, publicKey } }, ctx) => {
    const answer = await mutate(
      'operators.enrol',
      ctx,
      async (tx, stage): Promise<Done<'operators.enrol'>> => {
        const now = ctx.now();
        const {
          id: codeId,
          role,
          purpose: by,
        } = requireUsableCode(await lockCode(tx, codeHash(code)), name, now);
        const id = makeId('operator', random(10), now.getTime());
        const keyId = thumbprint(publicKey, sha256);
        const row = await insertOnce(tx, {
          id,
          name,
          role,
          keyId,
          publicKey,
          enrolledBy: by,
          enrolledAt: now,
        });
        await useCode(tx, codeId, id, now);
        const actor: Actor = { type: 'operator', id, name };
        const eventId = await stage('operator.enrolled', { operatorId: id, name, role, keyId, by }, actor);
        return { subject: id, answer: { status: 201, body: { operator: toOperator(row), eventId } } };
      },
    );
    enrolled();
    return answer;
  };

const invite =
  ({ mutate, random }: OperatorHandlerDeps): OperatorHandlers['operators.invite'] =>
  ({ body: { name, role } }, ctx) =>
    mutate('operators.invite', ctx, async (tx, stage): Promise<Done<'operators.invite'>> => {
      // The issuer is a row of the database: an unsigned request of development mode has none.
      if (ctx.principal.type !== 'operator') throw new HttpError('forbidden', 'only an operator can invite');
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
});

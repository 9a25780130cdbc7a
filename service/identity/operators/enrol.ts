import { thumbprint } from '../../../shared/http/sign.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Actor } from '../../../shared/ledger/entry.ts';
import type { Tx } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import type { Done, Mutate, Stage } from '../mutation.ts';
import type { Executors } from '../proposals/executor.ts';
import { sha256 } from '../signature/checks.ts';
import { proposeEnrolment } from './enrolment-proposal.ts';
import { insertOnce } from './insert-once.ts';
import { activeOperators, administratorsAmong, countEverEnrolled, lockRoster } from './roster.ts';
import { type CodeRow, codeHash, requireLoss, requireUsableCode, toOperator } from './rules.ts';
import { lockCode, spendCode } from './store.ts';

export interface EnrolDeps {
  readonly mutate: Mutate;
  readonly executors: Executors;
  random(bytes: number): Uint8Array;
  /** An operator has enrolled and it is committed: a code for the first one has no use any more. */
  readonly enrolled: () => void;
}

interface Enrolling {
  readonly code: CodeRow;
  readonly name: string;
  readonly publicKey: string;
}

/** Enrols at once: the first operator, the second by the first one's invitation, and whoever the host vouches for. */
async function enrolNow(
  tx: Tx,
  stage: Stage,
  { code, name, publicKey }: Enrolling,
  { now, id }: { now: Date; id: string },
): Promise<Done<'operators.enrol'>> {
  const { id: codeId, role, purpose } = code;
  const keyId = thumbprint(publicKey, sha256);
  const row = await insertOnce(tx, {
    id,
    name,
    role,
    keyId,
    publicKey,
    enrolledBy: purpose,
    enrolledAt: now,
  });
  await spendCode(tx, codeId, id, now);
  const actor: Actor = { type: 'operator', id, name };
  const whose = { operatorId: id, name, role, keyId };
  const eventId =
    purpose === 'recovery'
      ? await stage('operator.recovered', { ...whose, invitationId: codeId }, actor)
      : await stage('operator.enrolled', { ...whose, by: purpose }, actor);
  return { subject: id, answer: { status: 201, body: { operator: toOperator(row), eventId } } };
}

async function decide(
  deps: EnrolDeps,
  tx: Tx,
  stage: Stage,
  { body, ctx }: { body: { code: string; name: string; publicKey: string }; ctx: RequestContext },
): Promise<Done<'operators.enrol'>> {
  const now = ctx.now();
  await lockRoster(tx);
  const { name, publicKey } = body;
  const code = requireUsableCode(await lockCode(tx, codeHash(body.code)), name, now);
  const enrolling = { code, name, publicKey };
  if (code.purpose === 'recovery') requireLoss(administratorsAmong(await activeOperators(tx)));
  if (code.purpose === 'invitation' && (await countEverEnrolled(tx)) > 1)
    return proposeEnrolment(deps, tx, stage, { ...enrolling, ctx });
  return enrolNow(tx, stage, enrolling, { now, id: makeId('operator', deps.random(10), now.getTime()) });
}

export const enrol =
  (deps: EnrolDeps): Handlers['operators.enrol'] =>
  async ({ body }, ctx) => {
    const answer = await deps.mutate('operators.enrol', ctx, (tx, stage) =>
      decide(deps, tx, stage, { body, ctx }),
    );
    if (answer.status === 201) deps.enrolled();
    return answer;
  };

import type { PayerSessionState } from '../../../shared/http/payer-sessions.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../../identity/mutation.ts';
import type { Staging } from '../../ledger/staging.ts';
import { settleExpiry } from './ending.ts';
import { decide, factsOf, type SessionAct, type SessionRow, toPayerSession } from './rules.ts';
import {
  insertSession,
  listActive,
  lockSession,
  readPayerKey,
  readSession,
  type SessionChange,
  writeSession,
} from './store.ts';

export interface SessionHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  readonly staging: Staging;
  /** SHA-256 (hex) of the payer's public key that this process runs with; null without one. */
  readonly payerKey: string | null;
  random(bytes: number): Uint8Array;
}

type SessionRoute = 'issue' | 'active' | 'get' | 'refresh' | 'increment' | 'revoke';
type SessionHandlers = Pick<Handlers, `sessions.${SessionRoute}`>;

class SessionEnded extends HttpError {
  readonly state: PayerSessionState;

  constructor(id: string, state: PayerSessionState) {
    super('conflict', `${id} is ${state}; it never signs again`);
    this.state = state;
  }
}

const absent = (id: string) => new HttpError('not_found', `there is no payer session ${id}`);

const issue =
  ({ mutate, random, payerKey }: SessionHandlerDeps): SessionHandlers['sessions.issue'] =>
  ({ body: { purpose, expiresInSeconds, signatureAllowance } }, ctx) =>
    mutate('sessions.issue', ctx, async (tx, stage): Promise<Done<'sessions.issue'>> => {
      const key = await readPayerKey(tx);
      if ((key.fingerprint?.toString('hex') ?? null) !== payerKey)
        throw new HttpError('conflict', 'this instance runs with an earlier payer key; restart it');
      const issuedAt = ctx.now();
      const id = makeId('payerSession', random(10), issuedAt.getTime());
      const expiresAt = new Date(issuedAt.getTime() + expiresInSeconds * 1000);
      const issuedBy = actorOf(ctx).id;
      const row = await insertSession(tx, {
        id,
        purpose,
        key,
        signatureAllowance,
        issuedAt,
        issuedBy,
        expiresAt,
      });
      const eventId = await stage('payer.session-issued', {
        ...{ sessionId: id, purpose, signatureAllowance, payerKey },
        expiresAt: expiresAt.toISOString(),
      });
      return {
        subject: id,
        answer: { status: 201, body: { session: toPayerSession(row, issuedAt), eventId } },
      };
    });

/**
 * Decides on the locked session and writes what follows.
 * @throws HttpError `not_found`, or `conflict` for a session that has ended: it never signs again
 */
async function change(
  tx: Tx,
  ctx: RequestContext,
  id: string,
  act: SessionAct,
  more: Pick<SessionChange, 'signed' | 'refreshed' | 'reason'>,
): Promise<SessionRow> {
  const row = await lockSession(tx, id);
  if (!row) throw absent(id);
  const superseded = row.key_generation !== row.current_generation;
  if (superseded && act.act !== 'revoke')
    throw new HttpError('conflict', `the payer’s key has changed since ${id} was issued`);
  const at = ctx.now();
  const verdict = decide(factsOf(row), act, at);
  if (!verdict.ok) throw new SessionEnded(id, verdict.state);
  return writeSession(tx, id, { next: verdict.next, at, by: actorOf(ctx).id, ...more });
}

/** A refusal is the moment to write down that the session's time is over; it changes nothing about the refusal. */
async function settling<T>(
  { db, staging }: SessionHandlerDeps,
  ctx: RequestContext,
  id: string,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SessionEnded && error.state === 'EXPIRED')
      await settleExpiry({ db, staging, now: () => ctx.now() }, id);
    throw error;
  }
}

const answerOf = (row: SessionRow, ctx: RequestContext, eventId: string) => ({
  subject: row.id,
  answer: { status: 200 as const, body: { session: toPayerSession(row, ctx.now()), eventId } },
});

const refresh =
  (deps: SessionHandlerDeps): SessionHandlers['sessions.refresh'] =>
  ({ params: { id }, body: { expiresInSeconds } }, ctx) => {
    const done = deps.mutate(
      'sessions.refresh',
      ctx,
      async (tx, stage): Promise<Done<'sessions.refresh'>> => {
        const act = { act: 'refresh', seconds: expiresInSeconds } as const;
        const row = await change(tx, ctx, id, act, { refreshed: true });
        const data = { sessionId: id, expiresAt: row.expires_at.toISOString() };
        return answerOf(row, ctx, await stage('payer.session-refreshed', data));
      },
    );
    return settling(deps, ctx, id, done);
  };

const increment =
  (deps: SessionHandlerDeps): SessionHandlers['sessions.increment'] =>
  ({ params: { id } }, ctx) => {
    const done = deps.mutate(
      'sessions.increment',
      ctx,
      async (tx, stage): Promise<Done<'sessions.increment'>> => {
        const row = await change(tx, ctx, id, { act: 'increment' }, { signed: true });
        const { state, signatures_used: signaturesUsed, signature_allowance: signatureAllowance } = row;
        const exhausted = state === 'EXHAUSTED';
        const data = { sessionId: id, signaturesUsed, signatureAllowance, exhausted };
        return answerOf(row, ctx, await stage('payer.session-signed', data));
      },
    );
    return settling(deps, ctx, id, done);
  };

const revoke =
  (deps: SessionHandlerDeps): SessionHandlers['sessions.revoke'] =>
  ({ params: { id }, body: { reason } }, ctx) => {
    const done = deps.mutate('sessions.revoke', ctx, async (tx, stage): Promise<Done<'sessions.revoke'>> => {
      const row = await change(tx, ctx, id, { act: 'revoke' }, { reason });
      return answerOf(row, ctx, await stage('payer.session-revoked', { sessionId: id, reason }));
    });
    return settling(deps, ctx, id, done);
  };

const get =
  ({ db }: SessionHandlerDeps): SessionHandlers['sessions.get'] =>
  async ({ params: { id } }, ctx) => {
    const row = await readSession(db.kysely, id);
    if (!row) throw absent(id);
    return { status: 200, body: { session: toPayerSession(row, ctx.now()) } };
  };

const active =
  ({ db }: SessionHandlerDeps): SessionHandlers['sessions.active'] =>
  async ({ query: { limit, cursor } }, ctx) => {
    const now = ctx.now();
    // One more than asked for tells whether another page follows.
    const rows = await listActive(db.kysely, { now, before: cursor, limit: limit + 1 });
    const sessions = rows.slice(0, limit).map((row) => toPayerSession(row, now));
    const nextCursor = rows.length > limit ? (sessions.at(-1)?.id ?? null) : null;
    return { status: 200, body: { sessions, nextCursor } };
  };

export const payerSessionHandlers = (deps: SessionHandlerDeps): SessionHandlers => ({
  'sessions.issue': issue(deps),
  'sessions.active': active(deps),
  'sessions.get': get(deps),
  'sessions.refresh': refresh(deps),
  'sessions.increment': increment(deps),
  'sessions.revoke': revoke(deps),
});

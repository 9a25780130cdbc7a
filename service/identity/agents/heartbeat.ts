import type { Database, Tx } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { agentHealth, answerChallenge, beat } from '../../limits/heartbeat/heartbeat.ts';
import type { Health } from '../../limits/heartbeat/score.ts';
import { LimitsError } from '../../limits/limits-error.ts';
import type { Commit } from '../mutation.ts';
import { requirePrincipal, toAgent } from './rules.ts';
import { connectAgent, readAgent } from './store.ts';

export interface HeartbeatHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly commit: Commit;
  random(bytes: number): Uint8Array;
}

type HeartbeatHandlers = Pick<Handlers, 'agents.heartbeat' | 'agents.answer-challenge'>;

/** Read in the transaction that beat: a heartbeat that is committed is answered, or the agent would lose its nonce. */
async function healthNow(tx: Tx, agentId: string, now: Date): Promise<Health> {
  const health = await agentHealth({ kysely: tx }, agentId, now);
  if (!health) throw new HttpError('not_found', 'this agent has sent no heartbeat yet');
  return health;
}

/** The first heartbeat connects the agent; of several first ones at once one does. */
const heartbeat =
  ({ commit, random }: HeartbeatHandlerDeps): HeartbeatHandlers['agents.heartbeat'] =>
  ({ body: { nonce: echo } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const { id: agentId } = requirePrincipal(ctx, 'agent');
      const { nonce, chain, challenge } = await beat({ now: ctx.now, random }, tx, agentId, echo);
      const now = ctx.now();
      if (await connectAgent(tx, agentId, now)) await stage('agent.connected', { agentId });
      const row = await readAgent(tx, agentId);
      if (!row) throw new HttpError('unauthorized', 'this agent is gone');
      const health = await healthNow(tx, agentId, now);
      const asked = challenge && { ...challenge, answerBy: challenge.answerBy.toISOString() };
      return { status: 200, body: { agent: toAgent(row), nonce, chain, challenge: asked, health } } as const;
    });

const answer =
  ({ commit }: HeartbeatHandlerDeps): HeartbeatHandlers['agents.answer-challenge'] =>
  ({ params: { id }, body }, ctx: RequestContext) =>
    commit(ctx, async (tx, stage) => {
      const { id: agentId } = requirePrincipal(ctx, 'agent');
      const { outcome, latencyMs } = await answerChallenge(ctx, tx, { agentId, id, answer: body.answer });
      await stage('agent.challenge-answered', { agentId, challengeId: id, outcome, latencyMs });
      const health = await healthNow(tx, agentId, ctx.now());
      return { status: 200, body: { outcome, latencyMs, health } } as const;
    }).catch((error: unknown) => {
      if (!(error instanceof LimitsError) || error.code !== 'challenge-unknown') throw error;
      throw new HttpError('not_found', error.message, { cause: error });
    });

export const heartbeatHandlers = (deps: HeartbeatHandlerDeps): HeartbeatHandlers => ({
  'agents.heartbeat': heartbeat(deps),
  'agents.answer-challenge': answer(deps),
});

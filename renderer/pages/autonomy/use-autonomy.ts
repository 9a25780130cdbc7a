import type { AutonomyStatus, PayerBreaker, PayerTask, Payment } from '../../../shared/http/autonomy.ts';
import type { CallInput } from '../../../shared/http/table.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';
import type { Tone } from '../../ui/state.tsx';

const STATUS_MS = 2000;
const LIST_MS = 3000;
/** Newest first; what is older is found in the ledger. */
const PAGE = 200;

export const usePayer = () => useCall('autonomy.status', {}, { everyMs: STATUS_MS });
export const useQueue = () => useCall('autonomy.queue', { query: { limit: PAGE } }, { everyMs: LIST_MS });
export const usePayments = () =>
  useCall('autonomy.payments', { query: { limit: PAGE } }, { everyMs: LIST_MS });
export const useSessions = () => useCall('sessions.active', { query: { limit: PAGE } }, { everyMs: LIST_MS });

/** The switch that stops everything, or lets it go on. */
export function useSwitch(verb: 'pause' | 'resume') {
  const bridge = useBridge();
  return useAction((reason: string) => bridge.call(`autonomy.${verb}`, { body: { reason } }));
}

export type TaskVerb = 'pause' | 'resume' | 'cancel';

export const ROUTE_OF = {
  pause: 'autonomy.pauseTask',
  resume: 'autonomy.resumeTask',
  cancel: 'autonomy.cancelTask',
} as const;

/** What is signed about a task: its name, and for a resumption the session that it may spend. */
export const bodyOf = (verb: TaskVerb, { url }: PayerTask, reason: string, sessionId: string) =>
  verb === 'resume' ? { url, reason, sessionId } : { url, reason };

export function useTaskAct(verb: TaskVerb) {
  const bridge = useBridge();
  return useAction((task: PayerTask, reason: string, sessionId: string): Promise<unknown> => {
    const params = { id: task.id };
    const body = { url: task.url, reason };
    if (verb === 'resume') return bridge.call(ROUTE_OF.resume, { params, body: { ...body, sessionId } });
    return bridge.call(ROUTE_OF[verb], { params, body });
  });
}

/** Adds a resource to the queue. What is sent was checked against the route’s own schema. */
export function useAddTask() {
  const bridge = useBridge();
  return useAction((body: object) =>
    bridge.call('autonomy.create', { body } as CallInput<'autonomy.create'>),
  );
}

type SessionRoute = 'sessions.issue' | 'sessions.refresh' | 'sessions.revoke';

/** Issues, prolongs or revokes a session. */
export function useSessionAct() {
  const bridge = useBridge();
  return useAction((route: SessionRoute, input: object) =>
    bridge.call(route, input as CallInput<SessionRoute>),
  );
}

/** The number that was typed; text that is none stays text, so that no empty field counts as zero. */
export const numberOf = (text: string): number | string => {
  const typed = text.trim();
  return /^\d{1,15}$/.test(typed) ? Number(typed) : typed;
};

interface Sign {
  readonly tone: Tone;
  readonly word: string;
}

export const BREAKER_SIGN: Record<PayerBreaker['state'], Sign> = {
  closed: { tone: 'ok', word: 'closed' },
  'half-open': { tone: 'warn', word: 'half-open' },
  open: { tone: 'bad', word: 'open' },
};

export function taskSign({ state, running, failures }: PayerTask): Sign {
  if (state === 'CANCELLED') return { tone: 'absent', word: 'cancelled' };
  if (state === 'PAUSED') return { tone: 'warn', word: 'paused' };
  if (running) return { tone: 'busy', word: 'running' };
  return failures > 0 ? { tone: 'bad', word: 'failing' } : { tone: 'ok', word: 'ready' };
}

const PAYMENT_SIGN: Record<Payment['state'], Sign> = {
  INTENDED: { tone: 'busy', word: 'written down' },
  SIGNED: { tone: 'warn', word: 'sent, not confirmed' },
  SETTLED: { tone: 'ok', word: 'settled' },
  VOID: { tone: 'idle', word: 'void' },
};

/** Whoever lied about a payment is shown before what became of it. */
export const paymentSign = ({ state, disputed }: Payment): Sign =>
  disputed ? { tone: 'bad', word: `${PAYMENT_SIGN[state].word}, disputed` } : PAYMENT_SIGN[state];

/** Why nothing can be paid although nobody has paused it; null when something can. */
export function whyIdle({ payer, rpc, hosts, recipients, assets }: AutonomyStatus): string | null {
  if (hosts.length === 0) return 'No host is allowed, so no task is taken. AUTONOMY_HOSTS names them.';
  if (payer === null) return 'This service holds no payer key, so nothing is signed.';
  if (rpc === 'absent') return 'No Solana node is configured, so nothing is paid. SOLANA_RPC_URL names it.';
  if (recipients.length === 0) return 'Nobody may be paid. AUTONOMY_RECIPIENTS names who may.';
  return assets.length === 0 ? 'No token may be paid with. AUTONOMY_ASSETS names them.' : null;
}

/** The amount of a token's smallest unit as people write it, with all its decimals. */
export function tokenAmount(amount: string, decimals: number): string {
  const digits = amount.padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

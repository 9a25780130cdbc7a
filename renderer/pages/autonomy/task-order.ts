import type { AutonomyStatus } from '../../../shared/http/autonomy.ts';
import type { PayerSession } from '../../../shared/http/payer-sessions.ts';
import { ROUTES } from '../../../shared/http/table.ts';
import { numberOf } from './use-autonomy.ts';

export interface TypedTask {
  readonly url: string;
  readonly sessionId: string;
  readonly asset: string;
  readonly value: string;
  readonly cost: string;
  /** Seconds, as they were typed. */
  readonly freshness: string;
}

type TaskField = keyof TypedTask;
export type TaskProblems = Partial<Record<TaskField, string>>;
type Policy = Pick<AutonomyStatus, 'hosts' | 'assets'>;

const FIELD: Readonly<Record<string, TaskField>> = { freshnessSeconds: 'freshness' };
const MALFORMED: Readonly<Record<TaskField, string>> = {
  url: 'An address like https://data.example/report, without a user, a password or a fragment.',
  sessionId: 'Choose the session that pays.',
  asset: 'Choose the token that is paid with.',
  value: 'A whole number of the token’s smallest unit.',
  cost: 'A whole number of the token’s smallest unit.',
  freshness: 'A whole number of seconds, from 60 to 2,592,000 (30 days).',
};

/** What is signed and sent: the typed fields as the route takes them. */
export const taskBodyOf = ({ url, freshness, value, cost, ...chosen }: TypedTask) => ({
  ...{ url: url.trim(), ...chosen, value: value.trim(), cost: cost.trim() },
  freshnessSeconds: numberOf(freshness),
});
type TaskBody = ReturnType<typeof taskBodyOf>;

/** What the route alone says of it: form before policy. */
function malformed(body: TaskBody): TaskProblems {
  const { error } = ROUTES['autonomy.create'].body.safeParse(body);
  return Object.fromEntries(
    (error?.issues ?? []).map(({ path, code }) => {
      const field = FIELD[String(path[0])] ?? (String(path[0]) as TaskField);
      const worthLess = field === 'value' && code === 'custom';
      return [field, worthLess ? 'A fetch that costs more than it is worth is not made.' : MALFORMED[field]];
    }),
  );
}

/** What the service would refuse about the typed task, field by field; it decides again what is sent. */
export function taskProblems(
  typed: TypedTask,
  { hosts, assets }: Policy,
  sessions: readonly Pick<PayerSession, 'id'>[],
): TaskProblems {
  const body = taskBodyOf(typed);
  const problems = { ...malformed(body) };
  const asset = assets.find(({ mint }) => mint === body.asset);
  if (!sessions.some(({ id }) => id === body.sessionId))
    problems.sessionId = 'This session can no longer sign. Choose another.';
  if (!problems.url && !hosts.includes(new URL(body.url).host))
    problems.url = `Tasks may not fetch from this host. AUTONOMY_HOSTS allows ${hosts.join(', ')}.`;
  if (!problems.cost && asset && BigInt(body.cost) > BigInt(asset.mostPerPayment))
    problems.cost = `One payment may be ${asset.mostPerPayment} at most.`;
  return problems;
}

/** Why no task can be added at all, before anything is typed; null when one can. */
export function whyNoTask({ hosts, assets }: Policy, sessions: readonly PayerSession[]): string | null {
  if (hosts.length === 0) return 'No host is allowed, so no task is taken. AUTONOMY_HOSTS names them.';
  if (assets.length === 0) return 'No token may be paid with. AUTONOMY_ASSETS names them.';
  return sessions.length === 0 ? 'No session can sign. Issue one first.' : null;
}

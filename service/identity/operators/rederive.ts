import type { OperatorRole } from '../../../shared/http/route.ts';
import { ROUTE_IDS, routeOf } from '../../../shared/http/table.ts';
import type { EventData, EventKind } from '../../../shared/ledger/events.ts';
import {
  compareStates,
  type Replayable,
  type ToldEntry,
  type ToldState,
  toldFields,
} from '../../ledger/rederive.ts';
import { listOperators } from './store.ts';

interface OperatorState {
  name: string;
  role: string;
  keyId: string;
  revoked: boolean;
}

const KINDS = [
  ...(['operator.enrolled', 'operator.recovered', 'operator.role-changed', 'operator.revoked'] as const),
] satisfies EventKind[];

/** Routes that a role may sign by the table of today: what the role was worth is read by the same measure at both moments. */
const signs = (role: string): number =>
  ROUTE_IDS.filter((id) => {
    const { signed, confinedTo } = routeOf(id).policy;
    return Array.isArray(signed) && signed.includes(role as OperatorRole) && confinedTo === undefined;
  }).length;

/** Operators: their roles and keys, and whether they are revoked, by the entries that made them so. */
export function operatorStates(): Replayable {
  let stored = new Map<string, OperatorState>();
  const told = new Map<string, ToldState<OperatorState>>();
  const change = (id: string, number: number | null, to: Partial<OperatorState>): void => {
    const before = told.get(id) ?? { name: '', role: '', keyId: '', revoked: false };
    told.set(id, { ...before, ...to, number });
  };
  return {
    domain: 'operators',
    tables: ['operators'],
    kinds: KINDS,
    open: async (tx) => {
      stored = new Map(
        (await listOperators(tx)).map(({ id, name, role, key_id: keyId, revoked_at: at }) => [
          id,
          { name, role, keyId, revoked: at !== null },
        ]),
      );
    },
    take: ({ kind, number, data }: ToldEntry) => {
      if (kind === 'operator.enrolled' || kind === 'operator.recovered') {
        const { operatorId, name, role, keyId } = data as EventData<'operator.enrolled'>;
        change(operatorId, number, { name, role, keyId, revoked: false });
      } else if (kind === 'operator.role-changed') {
        const { operatorId, to } = data as EventData<'operator.role-changed'>;
        change(operatorId, number, { role: to });
      } else if (kind === 'operator.revoked') {
        change((data as EventData<'operator.revoked'>).operatorId, number, { revoked: true });
      }
    },
    compare: () => compareStates(stored, told),
    told: () =>
      toldFields(told, ({ name, role, keyId, revoked }) => ({
        ...{ name, role: revoked ? null : role, keyId, revoked, signs: revoked ? 0 : signs(role) },
      })),
  };
}

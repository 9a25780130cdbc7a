import type { RouteId } from '../../../shared/http/table.ts';
import { routeOf } from '../../../shared/http/table.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { State } from '../../ui/state.tsx';

/** Enrolment changes by deliberate acts only; this is how soon the screen learns of one made elsewhere. */
const ENROLMENT_MS = 5000;

export const useEnrolment = () => useAsk('enrolment.status', { everyMs: ENROLMENT_MS });

/** Why this console may not sign a route, as a sentence; `null` when it may. */
export function whyNotSign(enrolment: EnrolmentStatus | undefined, route: RouteId): string | null {
  if (!enrolment || enrolment.state === 'unknown')
    return 'The service has not said yet whether this console is enrolled.';
  if (enrolment.state === 'not-enrolled') return 'This console is not enrolled, so it cannot sign.';
  const { policy } = routeOf(route);
  const signed = policy.countersigned ?? policy.signed;
  const role = enrolment.operator?.role;
  if (typeof signed === 'string' || (role && signed.includes(role))) return null;
  return `Your role (${role ?? 'none'}) may not do this. It takes ${signed.join(' or ')}.`;
}

/** Says that this console cannot sign yet, and leads to where that changes. Stands in a page's heading, where it moves nothing. */
export function EnrolmentCall({ enrolment }: { readonly enrolment: EnrolmentStatus | undefined }) {
  const { ui } = useStores();
  if (enrolment?.state !== 'not-enrolled') return null;
  return (
    <div data-testid="enrolment-call" className="flex items-center gap-3">
      <State tone="warn" word="This console cannot sign yet" className="text-body" />
      <Button kind="primary" onClick={() => ui.go('operators', 'enrol')}>
        Enrol this console
      </Button>
    </div>
  );
}

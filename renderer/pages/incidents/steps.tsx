import { ROUTES, type RouteId } from '../../../shared/http/table.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import type { ShownAnswer } from '../../bridge/bridge.ts';
import { useStores } from '../../stores/stores.tsx';
import type { UiStore } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { whyNotSign } from '../parts/enrolment.tsx';
import { NOTE_FIELD } from './notes.tsx';
import { type Subject, subjectsOf } from './words.ts';

type Found = ShownAnswer<'incidents.get'>;

interface Way {
  readonly label: string;
  readonly go: () => void;
}

const some = (subjects: readonly Subject[], ...kinds: readonly Subject['kind'][]) =>
  subjects.filter(({ kind }) => kinds.includes(kind));

/** Where each step is signed: the dialog of its own route, opened for each subject that the alerts name. */
function waysOf(route: string, subjects: readonly Subject[], ui: UiStore): readonly Way[] {
  switch (route) {
    case 'freeze.order':
      return [{ label: 'Stop all spending', go: () => ui.askFreeze('order') }];
    case 'containments.order':
      return subjects.length > 0
        ? subjects.map((credential) => ({
            label: `Contain ${credential.id}`,
            go: () => ui.showIncidents({ tab: 'stolen', credential }),
          }))
        : [
            {
              label: 'Choose the credential',
              go: () => ui.showIncidents({ tab: 'stolen', credential: null }),
            },
          ];
    case 'accounts.revoke-sessions':
      return some(subjects, 'account').map(({ id }) => ({
        label: `End the sessions of ${id}`,
        go: () => ui.showIdentity('accounts', { search: id }, 'act'),
      }));
    case 'keys.revoke':
      return some(subjects, 'inference', 'management').map(({ id }) => ({
        label: `Revoke ${id}`,
        go: () => ui.showIdentity('keys', { search: id }, 'act'),
      }));
    case 'incidents.note':
      return [{ label: 'Write a note', go: () => document.getElementById(NOTE_FIELD)?.focus() }];
    case 'operators.revoke':
      return [{ label: 'Choose the operator', go: () => ui.go('operators') }];
    case 'limits.lower':
      return [{ label: 'Try a lower limit', go: () => ui.go('limits') }];
    default:
      return [];
  }
}

interface StepsProps {
  readonly found: Found;
  readonly enrolment: EnrolmentStatus | undefined;
}

/** What to do now: every step is a signed action, one key away, never a script. */
export function Steps({ found, enrolment }: StepsProps) {
  const { ui } = useStores();
  const subjects = subjectsOf(found.alerts.map(({ subject }) => subject));
  return (
    <Section title="Runbook" testId="runbook" aside="each step is signed in its own window">
      <ol className="flex flex-col">
        {found.steps.map((step, index) => {
          const ways = waysOf(step.route, subjects, ui);
          const whyNot = step.route in ROUTES ? whyNotSign(enrolment, step.route as RouteId) : null;
          return (
            <li
              key={`${step.route} ${step.does}`}
              data-testid={`step-${step.route}`}
              className="flex min-h-10 flex-wrap items-center gap-3 border-line border-b py-1.5 text-body"
            >
              <span className="w-[2ch] text-faint tabular-nums">{index + 1}</span>
              <span className="min-w-0 flex-1">{step.does}</span>
              {ways.map(({ label, go }) => (
                <Button
                  key={label}
                  small
                  className="max-w-full"
                  disabled={whyNot !== null}
                  title={whyNot ?? undefined}
                  onClick={go}
                >
                  <span className="truncate">{label}</span>
                </Button>
              ))}
              {ways.length === 0 ? (
                <span className="text-faint text-small">
                  no alert names its object; sign <code className="font-mono">{step.route}</code> where that
                  is kept
                </span>
              ) : null}
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

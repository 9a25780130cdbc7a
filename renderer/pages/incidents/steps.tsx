import { useState } from 'react';
import { ROUTES, type RouteId } from '../../../shared/http/table.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import type { ShownAnswer } from '../../bridge/bridge.ts';
import { useStores } from '../../stores/stores.tsx';
import type { IncidentTab, PageId, UiStore } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { whyNotSign } from '../parts/enrolment.tsx';
import { NOTE_FIELD } from './notes.tsx';
import { RotateLedgerKey } from './rotate-ledger-key.tsx';
import { SetPrice } from './set-price.tsx';
import { type Subject, subjectsOf, walletsOf } from './words.ts';

type Found = ShownAnswer<'incidents.get'>;

interface Way {
  readonly label: string;
  readonly go: () => void;
}

const some = (subjects: readonly Subject[], ...kinds: readonly Subject['kind'][]) =>
  subjects.filter(({ kind }) => kinds.includes(kind));

/** Steps whose object is chosen on its own screen. */
const PLACES: Readonly<Record<string, readonly [label: string, page: PageId]>> = {
  'operators.revoke': ['Choose the operator', 'operators'],
  'limits.lower': ['Try a lower limit', 'limits'],
  'autonomy.cancelTask': ['Choose the task', 'autonomy'],
  'autonomy.pause': ['Pause the payer', 'autonomy'],
  'autonomy.resume': ['Let the payer go on', 'autonomy'],
  'market.cancel': ['Choose the claim', 'reviews'],
  'market.flag': ['Flag two agents', 'reviews'],
  'treasury.transfer': ['Correct by a transfer', 'wallets'],
  'secret-roots.rotate': ['Encrypt anew', 'providers'],
};
const TABS: Readonly<Record<string, readonly [label: string, tab: IncidentTab]>> = {
  'orders.revoke': ['Choose the order', 'orders'],
  'webhook.test': ['Send a test', 'webhook'],
  'webhook.retry': ['Send again', 'webhook'],
};

function placeOf(route: string, ui: UiStore): readonly Way[] {
  const [place, tab] = [PLACES[route], TABS[route]];
  if (place) return [{ label: place[0], go: () => ui.go(place[1]) }];
  return tab ? [{ label: tab[0], go: () => ui.showIncidents({ tab: tab[1] }) }] : [];
}

/** A wallet is frozen alone. What else whoever is named spends from, agents' wallets above all, the stolen view lists. */
function waysToFreeze(texts: readonly string[], ui: UiStore): readonly Way[] {
  const wallets = walletsOf(texts);
  const spenders = some(subjectsOf(texts), 'account', 'inference');
  return [
    ...(wallets.length > 0
      ? wallets.map((wallet) => ({ label: `Freeze ${wallet}`, go: () => ui.showWallet(wallet) }))
      : [{ label: 'Choose the wallet', go: () => ui.showWallet(null) }]),
    ...spenders.map((credential) => ({
      label: `See every wallet of ${credential.id}`,
      go: () => ui.showIncidents({ tab: 'stolen', credential }),
    })),
  ];
}

/** Where each step is signed: the dialog of its own route, opened for each subject that the alerts name. */
function waysOf(
  route: string,
  texts: readonly string[],
  ui: UiStore,
  act: (dialog: DialogRoute) => void,
): readonly Way[] {
  const subjects = subjectsOf(texts);
  switch (route) {
    case 'ledger.rotateKey':
      return [{ label: 'Rotate the ledger key', go: () => act(route) }];
    case 'prices.set':
      return [{ label: 'Set the price', go: () => act(route) }];
    case 'wallets.freeze':
      return waysToFreeze(texts, ui);
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
    default:
      return placeOf(route, ui);
  }
}

/** Steps that no other screen signs. */
type DialogRoute = 'ledger.rotateKey' | 'prices.set';

const StepDialog = ({
  route,
  ...rest
}: {
  readonly route: DialogRoute;
  readonly blocked: string | null;
  readonly onClose: () => void;
}) => (route === 'prices.set' ? <SetPrice {...rest} /> : <RotateLedgerKey {...rest} />);

interface StepsProps {
  readonly found: Found;
  readonly enrolment: EnrolmentStatus | undefined;
}

/** What to do now: every step is a signed action, one key away, never a script. */
export function Steps({ found, enrolment }: StepsProps) {
  const { ui } = useStores();
  const [dialog, setDialog] = useState<DialogRoute | null>(null);
  const texts = found.alerts.map(({ subject }) => subject);
  return (
    <Section title="Runbook" testId="runbook" aside="each step is signed in its own window">
      <ol className="flex flex-col">
        {found.steps.map((step, index) => {
          const ways = waysOf(step.route, texts, ui, setDialog);
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
      {dialog ? (
        <StepDialog route={dialog} blocked={whyNotSign(enrolment, dialog)} onClose={() => setDialog(null)} />
      ) : null}
    </Section>
  );
}

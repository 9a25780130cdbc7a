import type { Draft, DraftForm } from '../../shared/ipc/drafts.ts';
import { useFoundDrafts } from '../bridge/use-draft.ts';
import { useStores } from '../stores/stores.tsx';
import type { UiStore } from '../stores/ui.ts';
import { Button } from '../ui/button.tsx';
import { Banner } from '../ui/message.tsx';

interface Form {
  readonly name: string;
  /** To the form, or to where it is opened; there it comes back with what was typed. */
  readonly go: (ui: UiStore, draft: Draft) => void;
}

const FORMS: Readonly<Record<DraftForm, Form>> = {
  'autonomy.add-task': { name: 'Add a task', go: (ui) => ui.go('autonomy') },
  'autonomy.revoke-session': { name: 'Revoke a payer session', go: (ui) => ui.go('autonomy') },
  'autonomy.switch': { name: 'Pause or resume the payer', go: (ui) => ui.go('autonomy') },
  'autonomy.task': { name: 'An act on a task', go: (ui) => ui.go('autonomy') },
  'freeze.lift': { name: 'Allow spending again', go: (ui) => ui.askFreeze('lift') },
  'freeze.order': { name: 'Stop all spending', go: (ui) => ui.askFreeze('order') },
  'identity.act': { name: 'An act on an identity', go: (ui) => ui.go('identity') },
  'incidents.canary': { name: 'Plant a canary', go: (ui) => ui.showIncidents({ tab: 'canaries' }) },
  'incidents.contain': { name: 'Contain a credential', go: (ui) => ui.showIncidents({ tab: 'stolen' }) },
  'incidents.hand-over': { name: 'Hand over the shift', go: (ui) => ui.showIncidents({ tab: 'shift' }) },
  'incidents.move': { name: 'Move an incident', go: (ui) => ui.showIncidents({ tab: 'incidents' }) },
  'incidents.note': {
    name: 'A note on an incident',
    go: (ui, { subject }) => ui.showIncidents({ tab: 'incidents', incident: subject }),
  },
  'incidents.order': { name: 'Prepare an order', go: (ui) => ui.showIncidents({ tab: 'orders' }) },
  'incidents.release': { name: 'Release an account', go: (ui) => ui.showIncidents({ tab: 'containments' }) },
  'incidents.revoke-order': { name: 'Revoke an order', go: (ui) => ui.showIncidents({ tab: 'orders' }) },
  'incidents.rotate-ledger-key': {
    name: 'Rotate the ledger key',
    go: (ui) => ui.showIncidents({ tab: 'incidents' }),
  },
  'keys.create': { name: 'Create a key', go: (ui) => ui.go('keys', 'create-key') },
  'keys.revoke': { name: 'Revoke a key', go: (ui) => ui.go('keys') },
  'minting.act': { name: 'An act on minting', go: (ui) => ui.go('minting') },
  'minting.submit': { name: 'Order a batch', go: (ui) => ui.go('minting') },
  'operators.enrol': { name: 'Enrol this console', go: (ui) => ui.go('operators', 'enrol') },
  'operators.invite': { name: 'Invite a local tool', go: (ui) => ui.go('operators', 'invite') },
  'operators.revoke': { name: 'Revoke an operator', go: (ui) => ui.go('operators') },
  'operators.withdraw': { name: 'Withdraw a proposal', go: (ui) => ui.go('operators') },
  'providers.store-secret': {
    name: 'Store a platform secret, without the secret',
    go: (ui) => ui.go('providers'),
  },
  'reviews.flag': { name: 'Flag two agents', go: (ui) => ui.go('reviews') },
  'treasury.grant': { name: 'Grant credits', go: (ui) => ui.go('wallets') },
  'treasury.transfer': { name: 'Transfer credits', go: (ui) => ui.go('wallets') },
  'wallets.freeze': { name: 'Freeze a wallet', go: (ui, { subject }) => ui.showWallet(subject) },
  'wallets.unfreeze': { name: 'Unfreeze a wallet', go: (ui, { subject }) => ui.showWallet(subject) },
};

/** After a window's process was replaced: which forms were open, and that what was typed into them is there. */
export function Recovered() {
  const { ui } = useStores();
  const { found, drop } = useFoundDrafts();
  if (found.length === 0) return null;
  return (
    <ul aria-label="Forms that were not finished" data-testid="recovered">
      {found.map((draft) => {
        const { name, go } = FORMS[draft.form];
        return (
          <li key={draft.form}>
            <Banner
              tone="info"
              action={
                <span className="flex gap-2">
                  <Button small aria-label={`Go on with: ${name}`} onClick={() => go(ui, draft)}>
                    Go on
                  </Button>
                  <Button small kind="quiet" aria-label={`Discard: ${name}`} onClick={() => drop(draft)}>
                    Discard
                  </Button>
                </span>
              }
            >
              <strong className="font-semibold">{name}</strong> was not finished when this window was
              replaced. What you typed comes back when you open it
              {draft.subject === '' ? (
                '.'
              ) : (
                <>
                  {' '}
                  for <code className="font-mono text-small">{draft.subject}</code>.
                </>
              )}
            </Banner>
          </li>
        );
      })}
    </ul>
  );
}

import type { BoundariesState } from '../../../shared/http/boundaries.ts';
import type { VaultStatus } from '../../../shared/ipc/vault.ts';
import { useStores } from '../../stores/stores.tsx';
import type { UiStore } from '../../stores/ui.ts';
import { State } from '../../ui/state.tsx';
import { useNow } from '../../ui/use-now.ts';
import { KEYCHAIN, VAULT_TONE } from '../parts/tones.ts';
import { incidentsOf, limitsOf, rotationOf, type Says, spendingOf, verifiedOf } from './says.ts';
import { useHead, useLimitsNear, useOpenIncidents, useRoots } from './use-overview.ts';

interface PartProps {
  readonly label: string;
  readonly says: Says;
  readonly onOpen: () => void;
}

/** One fact with its state and its reason; pressing it leads to its evidence. */
const Part = ({ label, says, onOpen }: PartProps) => (
  <li className="min-w-0">
    <button
      type="button"
      data-testid={`standing-${label.toLowerCase().replaceAll(' ', '-')}`}
      className="flex h-full w-full flex-col gap-1 px-3 py-2 text-left hover:bg-hover"
      onClick={onOpen}
    >
      <span className="text-faint text-small">{label}</span>
      <State tone={says.tone} word={says.word} className="font-medium text-body" />
      <span className="text-ink-soft text-small">{says.because}</span>
    </button>
  </li>
);

const vaultSays = (vault: VaultStatus): Says => ({
  tone: vault.state === 'unlocked' && vault.keychain === 'missing' ? 'warn' : VAULT_TONE[vault.state],
  word: vault.state,
  because:
    vault.keychain === 'system' ? `${KEYCHAIN.system.word} holds its half` : 'no keychain: passphrase only',
});

interface StandingProps {
  readonly boundaries: BoundariesState | undefined;
  readonly vault: VaultStatus | null;
}

/** How the market stands, for somebody who has ten seconds: each part is a link to its evidence. */
export function Standing({ boundaries, vault }: StandingProps) {
  const { ui } = useStores();
  const now = useNow();
  return (
    <section aria-label="How it stands" data-testid="standing">
      <ul className="grid min-h-[76px] grid-cols-6 divide-x divide-line border-line border-y bg-panel">
        <Incidents ui={ui} />
        <Part
          label="Spending"
          says={spendingOf(boundaries)}
          onOpen={() => ui.showLedger({ kind: boundaries?.freeze ? 'spending.frozen' : '' })}
        />
        <Limits ui={ui} />
        <Verified ui={ui} now={now} />
        <Part
          label="Vault"
          says={vault ? vaultSays(vault) : { tone: 'busy', word: 'asking', because: '' }}
          onOpen={() => ui.go('vault')}
        />
        <Rotation ui={ui} now={now} />
      </ul>
    </section>
  );
}

function Incidents({ ui }: { readonly ui: UiStore }) {
  const { data, error } = useOpenIncidents();
  const worst = data?.incidents[0]?.id ?? null;
  return (
    <Part
      label="Incidents"
      says={incidentsOf(data?.incidents, error?.message)}
      onOpen={() =>
        ui.showIncidents({ tab: 'incidents', incident: data?.incidents.length === 1 ? worst : null })
      }
    />
  );
}

function Limits({ ui }: { readonly ui: UiStore }) {
  const { data, error } = useLimitsNear();
  return <Part label="Limits near" says={limitsOf(data, error?.message)} onOpen={() => ui.go('limits')} />;
}

function Verified({ ui, now }: { readonly ui: UiStore; readonly now: number }) {
  const { data, error } = useHead();
  return (
    <Part
      label="Ledger verified"
      says={verifiedOf(data, error?.message, now)}
      onOpen={() => ui.showLedger({})}
    />
  );
}

function Rotation({ ui, now }: { readonly ui: UiStore; readonly now: number }) {
  const { data, error } = useRoots();
  return (
    <Part
      label="Next rotation"
      says={rotationOf(data, error?.message, now)}
      onOpen={() => ui.go('providers')}
    />
  );
}

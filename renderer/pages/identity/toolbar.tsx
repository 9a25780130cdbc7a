import { ACCOUNT_ROLES } from '../../../shared/http/route.ts';
import { FAMILIES } from '../../../shared/ids/credentials.ts';
import { useStores } from '../../stores/stores.tsx';
import {
  IDENTITY_VIEWS,
  type IdentityFilter,
  type IdentityView,
  NO_IDENTITY_FILTER,
} from '../../stores/ui.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import { CloseIcon } from '../../ui/icons.tsx';
import { TextFilter } from '../parts/text-filter.tsx';
import { FAMILY, STATES, VIEW_LABEL } from './words.ts';

const VIEWS = IDENTITY_VIEWS.map((value) => ({ value, label: VIEW_LABEL[value] }));

const statesOf = (view: IdentityView) => [
  { value: '', label: 'Every state' },
  ...Object.entries(STATES[view]).map(([value, { word }]) => ({ value, label: word })),
];

const ROLES = [
  { value: '', label: 'Every role' },
  ...ACCOUNT_ROLES.map((role) => ({ value: role, label: role })),
];

const KEY_FAMILIES = [
  { value: '', label: 'Every family' },
  ...FAMILIES.map(({ family }) => ({ value: family, label: FAMILY[family] })),
];

export const isNarrowed = (filter: IdentityFilter): boolean =>
  (Object.keys(NO_IDENTITY_FILTER) as (keyof typeof NO_IDENTITY_FILTER)[]).some(
    (name) => filter[name] !== '',
  );

function Belongs({ what, id, onClear }: { what: string; id: string; onClear: () => void }) {
  if (id === '') return null;
  return (
    <Button kind="plain" aria-label={`Not only of this ${what}`} onClick={onClear}>
      Of {what} <code className="max-w-[12ch] truncate font-mono text-small">{id}</code>
      <CloseIcon size={10} />
    </Button>
  );
}

interface ToolbarProps {
  readonly filter: IdentityFilter;
  readonly searchRef: React.Ref<HTMLInputElement>;
}

/** Which list, and what narrows it; every part combines with every other, here and in the service. */
export function IdentityToolbar({ filter, searchRef }: ToolbarProps) {
  const { ui } = useStores();
  const { view } = filter;
  return (
    <search className="flex flex-wrap items-center gap-2" aria-label="Filter the list">
      <Segments label="Which list" value={view} options={VIEWS} onChange={(next) => ui.showIdentity(next)} />
      <TextFilter
        inputRef={searchRef}
        label="Search by e-mail, name or beginning of a key"
        placeholder="E-mail, name, key  /"
        value={filter.search}
        onText={(search) => ui.filterIdentity({ search })}
        className="w-[216px]"
      />
      <Select
        aria-label="State"
        className="w-[176px]"
        value={filter.state}
        options={statesOf(view)}
        onValue={(state) => ui.filterIdentity({ state })}
      />
      {view === 'accounts' ? (
        <Select
          aria-label="Role"
          className="w-[136px]"
          value={filter.role}
          options={ROLES}
          onValue={(role) => ui.filterIdentity({ role })}
        />
      ) : null}
      {view === 'keys' ? (
        <Select
          aria-label="Family"
          className="w-[176px]"
          value={filter.family}
          options={KEY_FAMILIES}
          onValue={(family) => ui.filterIdentity({ family })}
        />
      ) : null}
      <Belongs what="account" id={filter.account} onClear={() => ui.filterIdentity({ account: '' })} />
      <Belongs what="agent" id={filter.agent} onClear={() => ui.filterIdentity({ agent: '' })} />
      {isNarrowed(filter) ? (
        <Button kind="quiet" onClick={() => ui.filterIdentity(NO_IDENTITY_FILTER)}>
          Clear
        </Button>
      ) : null}
    </search>
  );
}

import { memo } from 'react';
import { EVENT_CATEGORIES, type EventCategory } from '../../../shared/ledger/event-definition.ts';
import { EVENT_KINDS, EVENTS } from '../../../shared/ledger/events.ts';
import { linkIn } from '../../stores/ledger-link.ts';
import { useStores, useUi } from '../../stores/stores.tsx';
import { type LedgerFilter, NO_FILTER } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import { CloseIcon } from '../../ui/icons.tsx';
import { TextFilter } from '../parts/text-filter.tsx';
import { isNarrowed } from './filter.ts';
import { RangeFilter } from './range.tsx';
import { SavedViews } from './saved-views.tsx';

const CATEGORIES = [
  { value: '', label: 'Every category' },
  ...EVENT_CATEGORIES.map((category) => ({ value: category, label: category })),
];

const kindsOf = (category: EventCategory | '') => [
  { value: '', label: 'Every kind' },
  ...EVENT_KINDS.filter((kind) => category === '' || EVENTS[kind].category === category).map((kind) => ({
    value: kind,
    label: kind,
  })),
];

interface PivotProps {
  readonly label: string;
  readonly id: string;
  readonly onClear: () => void;
}

/** An id that the list is narrowed to from the details of an entry, and the way back. */
const Pivot = ({ label, id, onClear }: PivotProps) =>
  id === '' ? null : (
    <Button kind="plain" onClick={onClear}>
      {label} <code className="max-w-[12ch] truncate font-mono text-small">{id}</code>
      <CloseIcon size={10} />
    </Button>
  );

/** What narrows the ledger; every part combines with every other, here and in the service. */
export const LedgerToolbar = memo(function LedgerToolbar({ filter, searchRef }: ToolbarProps) {
  const { ui } = useStores();
  const linksFollowed = useUi((s) => s.linksFollowed);
  const search = (text: string): void => {
    const link = linkIn(text);
    if (link) ui.followLink(link);
    // The service takes no longer text, and no entry says one.
    else ui.filterLedger({ text: text.slice(0, 100) });
  };
  const setCategory = (value: string): void => {
    const category = value as LedgerFilter['category'];
    const keepsKind = kindsOf(category).some((kind) => kind.value === filter.kind);
    ui.filterLedger({ category, kind: keepsKind ? filter.kind : '' });
  };
  return (
    <search className="flex flex-wrap items-center gap-2" aria-label="Filter the ledger">
      <TextFilter
        key={linksFollowed}
        inputRef={searchRef}
        maxLength={2_000}
        label="Search text"
        placeholder="Search or link  /"
        value={filter.text}
        onText={search}
        className="w-[200px]"
      />
      <Select
        aria-label="Category"
        className="w-[136px]"
        value={filter.category}
        options={CATEGORIES}
        onValue={setCategory}
      />
      <Select
        aria-label="Kind"
        className="w-[152px]"
        value={filter.kind}
        options={kindsOf(filter.category)}
        onValue={(kind) => ui.filterLedger({ kind })}
      />
      <TextFilter
        label="Actor"
        placeholder="Actor id or name"
        value={filter.actor}
        onText={(actor) => ui.filterLedger({ actor })}
        className="w-[152px]"
      />
      <RangeFilter filter={filter} />
      <Pivot label="Agent" id={filter.agent} onClear={() => ui.filterLedger({ agent: '' })} />
      <Pivot label="Request" id={filter.requestId} onClear={() => ui.filterLedger({ requestId: '' })} />
      {isNarrowed(filter) ? (
        <Button kind="quiet" onClick={() => ui.filterLedger(NO_FILTER)}>
          Clear
        </Button>
      ) : null}
      <SavedViews filter={filter} />
    </search>
  );
});

interface ToolbarProps {
  readonly filter: LedgerFilter;
  readonly searchRef: React.Ref<HTMLInputElement>;
}

import { useCallback, useEffect, useRef, useState } from 'react';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { useStores, useUi } from '../../stores/stores.tsx';
import { type IdentityFilter, type IdentityView, NO_IDENTITY_FILTER } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EnrolmentCall, useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { useListKeys } from '../parts/use-list-keys.ts';
import { ActForm } from './act-form.tsx';
import { type Act, actsOn } from './acts.ts';
import { EntryDetail } from './detail.tsx';
import type { Entries, Entry } from './entry.ts';
import { IdentityTable } from './table.tsx';
import { IdentityToolbar, isNarrowed } from './toolbar.tsx';
import { useDirectory } from './use-directory.ts';
import { EMPTY, VIEW_LABEL } from './words.ts';

type Item = Entries[IdentityView];

interface Selection {
  readonly view: IdentityView;
  readonly item: Item;
  readonly open: boolean;
}

/** Which entry the reader is at; it is forgotten with the list that it stands in. */
function useSelection(view: IdentityView, rows: readonly Item[]) {
  const [kept, setKept] = useState<Selection | null>(null);
  const selection = kept?.view === view ? kept : null;
  const index = rows.findIndex((row) => row.id === selection?.item.id);
  const select = useCallback((item: Item, open: boolean) => setKept({ view, item, open }), [view]);
  const move = (by: 1 | -1): void => {
    const item = rows[Math.min(rows.length - 1, Math.max(0, index + by))];
    if (item) select(item, selection?.open ?? false);
  };
  const close = (): void => setKept(selection?.open ? { ...selection, open: false } : null);
  // The row as it was read last; one that has left the list stays as it was.
  const item = rows[index] ?? selection?.item ?? null;
  return { item, open: selection?.open ?? false, select, move, close };
}

/** Whoever was sent here for one object finds it open, once; closing it leaves it closed. */
function useLanding(
  filter: IdentityFilter,
  rows: readonly Item[] | undefined,
  select: (item: Item, open: boolean) => void,
): void {
  const landed = useRef<IdentityFilter | null>(null);
  const only = rows?.find(({ id }) => id === filter.search);
  useEffect(() => {
    if (!only || landed.current === filter) return;
    landed.current = filter;
    select(only, true);
  }, [only, filter, select]);
}

/** Whoever was sent here to do something to one object finds the dialog of its first act open, if it may be done. */
function useIntendedAct(
  entry: Entry | null,
  enrolment: EnrolmentStatus | undefined,
  open: (act: Act) => void,
): void {
  const { ui } = useStores();
  const intent = useUi((s) => s.intent);
  useEffect(() => {
    if (intent !== 'act' || !entry || !enrolment) return;
    ui.takeIntent();
    const [act] = actsOn(entry);
    if (act && act.pointless === null && whyNotSign(enrolment, act.route) === null) open(act);
  }, [intent, entry, enrolment, open, ui]);
}

function Empty({ filter }: { readonly filter: IdentityFilter }) {
  const { ui } = useStores();
  const { title, text } = EMPTY[filter.view];
  if (!isNarrowed(filter))
    return (
      <EmptyState testId="empty" title={title}>
        <p>{text}</p>
      </EmptyState>
    );
  return (
    <EmptyState
      testId="empty"
      title={`No entry of ${VIEW_LABEL[filter.view].toLowerCase()} fits`}
      actions={<Button onClick={() => ui.filterIdentity(NO_IDENTITY_FILTER)}>Clear the filter</Button>}
    >
      <p>An e-mail address, a name or the beginning of a key finds them; every part narrows further.</p>
    </EmptyState>
  );
}

const Heading = ({
  children,
  note,
}: {
  readonly children: React.ReactNode;
  readonly note: React.ReactNode;
}) => (
  <PageHeader
    title="Identity"
    note={note}
    actions={
      <>
        {children}
        <span className="flex items-center gap-1 text-faint text-small">
          <Kbd>j</Kbd>
          <Kbd>k</Kbd> move <Kbd>Enter</Kbd> open
        </span>
      </>
    }
  />
);

export function IdentityPage() {
  const filter = useUi((s) => s.identityFilter);
  const { view } = filter;
  const { list, snapshot } = useDirectory(filter);
  const { rows, next, more } = snapshot;
  const { item, open, select, move, close } = useSelection(view, rows ?? []);
  useLanding(filter, rows, select);
  const [act, setAct] = useState<Act | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const enrolment = useEnrolment().data;
  const landed = open && item?.id === filter.search ? ({ view, item } as Entry) : null;
  useIntendedAct(landed, enrolment, setAct);
  useListKeys({
    move,
    close,
    open: () => item && select(item, true),
    search: () => search.current?.focus(),
  });
  const onSelect = useCallback((chosen: Item) => select(chosen, true), [select]);
  const onMore = useCallback(() => void list.loadMore(), [list]);
  const remote = { ...snapshot, data: rows, busy: false, retry: () => void list.refresh() };
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-col gap-2 px-(--page) pt-(--page) pb-3">
        <Heading note={<Freshness remote={snapshot} pace="every 5 s" />}>
          <EnrolmentCall enrolment={enrolment} />
        </Heading>
        <IdentityToolbar filter={filter} searchRef={search} />
      </div>
      <div className="flex min-h-0 flex-1 border-line border-t">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <RemoteValue
            remote={remote}
            what={`the list of ${view}`}
            skeleton={
              <div className="px-(--page)">
                <SkeletonRows rows={14} height={32} waitingFor={`the list of ${view}`} />
              </div>
            }
          >
            {(found) =>
              found.length > 0 ? (
                <IdentityTable
                  {...{ view, more, onSelect, onMore }}
                  rows={found}
                  hasMore={next !== null}
                  selectedId={item?.id ?? null}
                />
              ) : (
                <div className="px-(--page)">
                  <Empty filter={filter} />
                </div>
              )
            }
          </RemoteValue>
        </div>
        {item && open ? (
          <EntryDetail
            key={item.id}
            // The selection is of this view, so the item is one of its entries.
            entry={{ view, item } as Entry}
            enrolment={enrolment}
            onAct={setAct}
            onClose={close}
          />
        ) : null}
      </div>
      {act ? <ActForm act={act} onClose={() => setAct(null)} onDone={() => void list.reload()} /> : null}
    </div>
  );
}

import { lazy, Suspense, useDeferredValue, useEffect, useRef } from 'react';
import { useStores, useUi, useVault } from '../stores/stores.tsx';
import { HeaderEndProvider } from '../ui/section.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { HelpButton } from './help-button.tsx';
import { useKeyboard } from './keyboard.ts';
import { Locked } from './locked.tsx';
import { Navigation } from './navigation.tsx';
import { Notices } from './notices.tsx';
import { PAGE_TABLE } from './page-table.ts';
import { PracticeBand } from './practice-band.tsx';
import { Recovered } from './recovered.tsx';
import { Spending } from './spending.tsx';
import { useStatusFeed } from './use-status-feed.ts';

const Palette = lazy(async () => ({ default: (await import('./palette/palette.tsx')).Palette }));
const CheatSheet = lazy(async () => ({ default: (await import('./cheat-sheet.tsx')).CheatSheet }));
const HelpPanel = lazy(async () => ({ default: (await import('./help-panel.tsx')).HelpPanel }));

function CurrentPage() {
  // Drawn in pieces between which keys and pointer are heard; the page before it stays until it is whole.
  const page = useDeferredValue(useUi((s) => s.page));
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // After a change of page the reader's focus starts at its heading, as it would on a new document.
  useEffect(() => {
    if (!first.current) main.current?.focus();
    first.current = false;
    document.title = `${PAGE_TABLE.find((entry) => entry.id === page)?.label ?? ''} – Sallyport`;
  }, [page]);
  const Page = PAGE_TABLE.find((entry) => entry.id === page)?.component;
  return (
    <main
      id="content"
      ref={main}
      tabIndex={-1}
      data-testid={`page-${page}`}
      className="min-h-0 min-w-0 flex-1 overflow-auto outline-none [scrollbar-gutter:stable]"
    >
      <ErrorBoundary key={page}>
        <Suspense
          fallback={
            <div className="p-(--page) pt-20">
              <SkeletonRows rows={6} waitingFor="this page" />
            </div>
          }
        >
          <HeaderEndProvider value={page === 'docs' ? null : <HelpButton />}>
            {Page ? <Page /> : null}
          </HeaderEndProvider>
        </Suspense>
      </ErrorBoundary>
    </main>
  );
}

export function Shell() {
  const stores = useStores();
  const paletteOpen = useUi((s) => s.paletteOpen);
  const cheatSheetOpen = useUi((s) => s.cheatSheetOpen);
  // The Docs screen is the panel, and more.
  const helpOpen = useUi((s) => s.help !== null && s.page !== 'docs');
  const vault = useVault().status;
  useKeyboard(stores.ui);
  useStatusFeed();
  return (
    <div className="flex h-full">
      <button
        type="button"
        className="-translate-y-20 fixed top-2 left-2 z-50 rounded-sm bg-accent-fill px-3 py-2 text-on-accent focus:translate-y-0"
        onClick={() => document.getElementById('content')?.focus()}
      >
        Skip to the content
      </button>
      <Navigation />
      <div className="flex min-w-0 flex-1 flex-col">
        <PracticeBand />
        <Spending mayAct={!vault || vault.state === 'unlocked'} />
        {vault && vault.state !== 'unlocked' ? null : <Recovered />}
        <div className="flex min-h-0 flex-1">
          {vault && vault.state !== 'unlocked' ? <Locked state={vault.state} /> : <CurrentPage />}
          {helpOpen ? (
            <Suspense fallback={null}>
              <HelpPanel />
            </Suspense>
          ) : null}
        </div>
      </div>
      <Notices />
      {paletteOpen ? (
        <Suspense fallback={null}>
          <Palette />
        </Suspense>
      ) : null}
      {cheatSheetOpen ? (
        <Suspense fallback={null}>
          <CheatSheet />
        </Suspense>
      ) : null}
    </div>
  );
}

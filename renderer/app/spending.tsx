import { useEffect } from 'react';
import type { SpendingFreeze } from '../../shared/http/freeze.ts';
import { useEnrolment, whyNotSign } from '../pages/parts/enrolment.tsx';
import { FreezeSpending, LiftFreeze, useFreeze } from '../pages/parts/freeze.tsx';
import { useOperatorName } from '../pages/parts/operator-name.ts';
import { useStores, useUi } from '../stores/stores.tsx';
import { Button } from '../ui/button.tsx';
import { formatAge } from '../ui/format.ts';
import { Kbd } from '../ui/kbd.tsx';
import { Banner } from '../ui/message.tsx';
import type { Tone } from '../ui/state.tsx';
import { useNow } from '../ui/use-now.ts';
import { Readout, TopBar } from './top-bar.tsx';

interface FrozenProps {
  readonly freeze: SpendingFreeze;
  /** Why this was not read again since, when it was not. */
  readonly stale: string | null;
  readonly mayAct: boolean;
}

/** Who stopped all spending, since when and why: on every page, until two persons have lifted it. */
function Frozen({ freeze, stale, mayAct }: FrozenProps) {
  const now = useNow();
  const { ui } = useStores();
  const since = Date.parse(freeze.frozenAt);
  const nameOf = useOperatorName();
  return (
    <Banner
      tone="bad"
      role="alert"
      testId="frozen"
      action={
        mayAct ? (
          <span className="flex gap-2">
            <Button small onClick={() => ui.showLedger({ kind: 'spending.frozen' })}>
              Evidence
            </Button>
            <Button small onClick={() => ui.askFreeze('lift')}>
              Propose to lift
            </Button>
          </span>
        ) : null
      }
    >
      <strong className="font-semibold">All spending is stopped</strong> by {nameOf(freeze.frozenBy)} since{' '}
      <time dateTime={freeze.frozenAt}>{freeze.frozenAt.slice(0, 19).replace('T', ' ')} UTC</time> (
      {formatAge(since, now)}): {freeze.reason}
      {stale ? <span className="block text-soft">It may have changed: {stale}</span> : null}
    </Banner>
  );
}

interface DialogsProps {
  readonly freeze: SpendingFreeze | null;
  readonly onSettled: () => void;
}

function FreezeDialogs({ freeze, onSettled }: DialogsProps) {
  const { ui } = useStores();
  const asked = useUi((s) => s.freezing);
  const enrolment = useEnrolment().data;
  const close = () => ui.askFreeze(null);
  // Lifted by others meanwhile: what was asked has no object any more.
  const gone = asked === 'lift' && !freeze;
  useEffect(() => {
    if (gone) ui.askFreeze(null);
  }, [gone, ui]);
  if (asked === 'lift' && freeze)
    return (
      <LiftFreeze
        freeze={freeze}
        blocked={whyNotSign(enrolment, 'freeze.lift')}
        onClose={close}
        onSettled={onSettled}
      />
    );
  if (asked !== 'order') return null;
  const already = freeze ? 'All spending is stopped already; the banner says by whom.' : null;
  return (
    <FreezeSpending
      blocked={already ?? whyNotSign(enrolment, 'freeze.order')}
      onClose={close}
      onSettled={onSettled}
    />
  );
}

/** A freeze that was read stays true until it is read again; what was never read is not called allowed. */
function stateOf(data: ReturnType<typeof useFreeze>['data'], failing: boolean): { tone: Tone; word: string } {
  if (data?.freeze) return { tone: 'bad', word: 'stopped' };
  if (failing) return { tone: 'warn', word: 'not known' };
  return data ? { tone: 'ok', word: 'allowed' } : { tone: 'busy', word: 'asking' };
}

/** The bar of states with the switch that stops all spending, and, while it is stopped, the banner that says so. */
export function Spending({ mayAct }: { readonly mayAct: boolean }) {
  const { ui } = useStores();
  const asked = useUi((s) => s.freezing) !== null;
  const { data, error, retry } = useFreeze();
  const freeze = data?.freeze ?? null;
  const state = stateOf(data, error !== null);
  return (
    <>
      <TopBar>
        <Readout label="Spending" testId="status-spending" room="min-w-[64px]" {...state}>
          <Button
            small
            data-testid="freeze"
            aria-keyshortcuts="F"
            disabled={!mayAct || freeze !== null}
            title="Stop all spending"
            onClick={() => ui.askFreeze('order')}
          >
            Freeze <Kbd>F</Kbd>
          </Button>
        </Readout>
      </TopBar>
      {freeze ? <Frozen freeze={freeze} stale={error?.message ?? null} mayAct={mayAct} /> : null}
      {mayAct && asked ? <FreezeDialogs freeze={freeze} onSettled={retry} /> : null}
    </>
  );
}

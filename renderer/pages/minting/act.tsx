import { type RouteId, routeOf } from '../../../shared/http/table.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useAct } from './use-minting.ts';

/** One act on a thing that is already there: everything but the reason is known when it is begun. */
export interface Act {
  readonly route: RouteId;
  readonly params?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly title: string;
  readonly says: string;
  readonly sign: string;
  readonly danger?: boolean;
  readonly withReason?: boolean;
}

interface ActProps {
  readonly act: Act;
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks before an act, shows what is signed, and says what became of it. */
export function ActDialog({ act, blocked, onClose, onDone }: ActProps) {
  const { route, params, title, says, sign, danger = false, withReason = false } = act;
  const draft = useDraft('minting.act', [route, ...Object.values(params ?? {})].join(' '), { reason: '' });
  const { reason } = draft.typed;
  const { action, run } = useAct();
  const body = withReason ? { ...act.body, reason: reason.trim() } : act.body;
  const input = { ...(params ? { params } : {}), body };
  const isWhole = !withReason || reason.trim() !== '';
  if (action.state === 'done')
    return (
      <SignedDone title={title} onClose={onClose} testId="act-done">
        <p className="px-5 py-4 text-body">It is done, and the ledger has it.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      {...{ title, sign, danger, blocked, action, onClose }}
      description={says}
      testId="act-form"
      draft={withReason ? draft : undefined}
      onSign={isWhole ? () => run(route, input) : null}
      onAttempted={onDone}
      summary={routeOf(route).card ? <SigningSummary route={route} {...input} /> : undefined}
      note={routeOf(route).card ? undefined : 'A routine act: your key signs it without a card.'}
    >
      {({ touched, running }) =>
        withReason ? (
          <ReasonField
            {...{ touched, value: reason, onText: (text) => draft.type({ reason: text }), disabled: running }}
            placeholder="the label was damaged"
          />
        ) : null
      }
    </SignedForm>
  );
}

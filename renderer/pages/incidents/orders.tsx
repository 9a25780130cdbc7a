import { useMemo, useState } from 'react';
import type { BreakGlassOrder, OrderState } from '../../../shared/http/orders.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { whyNotSign } from '../parts/enrolment.tsx';
import { ReasonField } from '../parts/reason.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { OrderFile } from './order-file.tsx';
import { PrepareOrder } from './prepare-order.tsx';
import { useOrders, useRevokeOrder } from './use-orders.ts';

const STATE: Readonly<
  Record<OrderState, { readonly tone: Tone; readonly word: string; readonly title: string }>
> = {
  ready: { tone: 'ok', word: 'ready', title: 'Whoever has its file and its code can run it.' },
  used: { tone: 'idle', word: 'used', title: 'It was run as often as it allows.' },
  expired: { tone: 'idle', word: 'expired', title: 'Prepare another one if it is still needed.' },
  revoked: { tone: 'idle', word: 'revoked', title: 'Nobody can run it any more.' },
  void: { tone: 'warn', word: 'void', title: 'Whoever signed it may order no such thing any more.' },
};

const MONO = 'whitespace-nowrap tabular-nums';

function Until({ at }: { readonly at: string }) {
  const now = useNow();
  return <LocalTime at={at} now={now} />;
}

interface Acts {
  readonly whyNot: string | null;
  readonly onFile: (order: BreakGlassOrder) => void;
  readonly onRevoke: (order: BreakGlassOrder) => void;
}

/** What was done with it, and whether somebody was refused: both are in the ledger. */
function Use({ order }: { readonly order: BreakGlassOrder }) {
  const { ui } = useStores();
  const { runs, runsUsed, refused } = order;
  return (
    <span className="flex items-center gap-2">
      {formatCount(runsUsed)} of {formatCount(runs)}
      {refused > 0 ? <State tone="bad" word={`${formatCount(refused)} refused`} /> : null}
      {runsUsed + refused > 0 ? (
        <Button kind="link" small onClick={() => ui.showLedger({ text: order.id })}>
          Evidence
        </Button>
      ) : null}
    </span>
  );
}

const columnsFor = ({ whyNot, onFile, onRevoke }: Acts): Column<BreakGlassOrder>[] => [
  {
    id: 'state',
    header: 'State',
    accessorFn: (order) => order.state,
    cell: ({ row }) => <State {...STATE[row.original.state]} />,
  },
  {
    id: 'title',
    header: 'What it does',
    accessorFn: (order) => order.title,
    cell: ({ row: { original } }) => (
      <span className="flex min-w-0 flex-col py-1">
        <span className="break-words">{original.title}</span>
        <span className="text-faint text-small">{original.reason}</span>
      </span>
    ),
  },
  {
    id: 'until',
    header: 'Until',
    accessorFn: (order) => order.until,
    meta: { className: MONO },
    cell: ({ row }) => <Until at={row.original.until} />,
  },
  {
    id: 'use',
    header: 'Run',
    accessorFn: (order) => order.runsUsed,
    meta: { className: MONO },
    cell: ({ row }) => <Use order={row.original} />,
  },
  { id: 'by', header: 'Signed by', accessorFn: (order) => order.preparedByName },
  {
    id: 'act',
    header: () => <span className="sr-only">Act</span>,
    enableSorting: false,
    meta: { className: 'text-right whitespace-nowrap' },
    cell: ({ row: { original } }) => (
      <>
        <Button small kind="link" aria-label={`File of ${original.title}`} onClick={() => onFile(original)}>
          File
        </Button>
        {original.state === 'ready' || original.state === 'void' ? (
          <Button
            small
            disabled={whyNot !== null}
            title={whyNot ?? undefined}
            aria-label={`Revoke ${original.title}`}
            onClick={() => onRevoke(original)}
          >
            Revoke
          </Button>
        ) : null}
      </>
    ),
  },
];

interface RevokeProps {
  readonly order: BreakGlassOrder;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}

function RevokeOrder({ order, onClose, onRevoked }: RevokeProps) {
  const draft = useDraft('incidents.revoke-order', order.id, { reason: '' });
  const { reason } = draft.typed;
  const { action, run } = useRevokeOrder(order.id);
  const body = { title: order.title, reason: reason.trim() };
  if (action.state === 'done')
    return (
      <SignedDone title="Order revoked" testId="order-revoked" onClose={onClose}>
        <p className="px-5 py-4 text-body">Nobody can run it any more. Its envelope can be destroyed.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      title={`Revoke: ${order.title}`}
      description="Whoever relies on its envelope can do nothing with it from now on. It cannot be undone."
      testId="revoke-order"
      action={action}
      draft={draft}
      onSign={body.reason === '' ? null : () => run(body)}
      onAttempted={onRevoked}
      onClose={onClose}
      sign="Sign and revoke"
      cancel="Leave it ready"
      danger
      summary={<SigningSummary route="orders.revoke" params={{ id: order.id }} body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={(text) => draft.type({ reason: text })}
          touched={touched}
          disabled={running}
          placeholder="the envelope was opened by mistake"
        />
      )}
    </SignedForm>
  );
}

const FileDialog = ({
  order,
  onClose,
}: {
  readonly order: BreakGlassOrder;
  readonly onClose: () => void;
}) => (
  <Dialog open wide title={order.title} testId="order-file-dialog" onClose={onClose}>
    <div className="px-5 py-4 text-body">
      <OrderFile order={order} />
    </div>
    <DialogActions>
      <Button kind="primary" onClick={onClose}>
        Done
      </Button>
    </DialogActions>
  </Dialog>
);

const NONE = (
  <EmptyState testId="empty-orders" title="No order is prepared">
    <p>
      Prepare one for the night nobody can open a vault: a responder with its file and its code stops all
      spending, and can do nothing else.
    </p>
  </EmptyState>
);

type Asked =
  | { readonly act: 'file' | 'revoke'; readonly order: BreakGlassOrder }
  | { readonly act: 'prepare' };

/** Containment that was signed before it was needed: what lies in envelopes, and what became of it. */
export function Orders({ enrolment }: { readonly enrolment: EnrolmentStatus | undefined }) {
  const remote = useOrders();
  const [asked, setAsked] = useState<Asked | null>(null);
  const whyNot = whyNotSign(enrolment, 'orders.prepare');
  const close = () => setAsked(null);
  const columns = useMemo(
    () =>
      columnsFor({
        whyNot,
        onFile: (order) => setAsked({ act: 'file', order }),
        onRevoke: (order) => setAsked({ act: 'revoke', order }),
      }),
    [whyNot],
  );
  return (
    <Section
      title="Break-glass orders"
      testId="orders"
      aside={
        <Button
          small
          disabled={whyNot !== null}
          title={whyNot ?? undefined}
          onClick={() => setAsked({ act: 'prepare' })}
        >
          Prepare to stop all spending
        </Button>
      }
    >
      <RemoteValue
        remote={remote}
        what="the orders"
        skeleton={<SkeletonRows rows={3} waitingFor="the orders" />}
      >
        {({ orders }) =>
          orders.length === 0 ? (
            NONE
          ) : (
            <DataTable
              label="Break-glass orders"
              rows={orders}
              columns={columns}
              rowId={(order) => order.id}
              rowTestId="order-row"
            />
          )
        }
      </RemoteValue>
      {asked?.act === 'prepare' ? (
        <PrepareOrder target="freeze" blocked={whyNot} onClose={close} onPrepared={remote.retry} />
      ) : null}
      {asked?.act === 'file' ? <FileDialog order={asked.order} onClose={close} /> : null}
      {asked?.act === 'revoke' ? (
        <RevokeOrder order={asked.order} onClose={close} onRevoked={remote.retry} />
      ) : null}
    </Section>
  );
}

import { useState } from 'react';
import type { Webhook, WebhookDelivery, WebhookState } from '../../../shared/http/webhook.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { whyNotSign } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { SigningOutcome } from '../parts/signing.tsx';
import { RemoveWebhook, SetWebhook } from './set-webhook.tsx';
import { useSend, useWebhook } from './use-webhook.ts';

type Delivery = WebhookDelivery;

const ERROR_WORD: Readonly<Record<NonNullable<Delivery['error']>, string>> = {
  status: 'refused it',
  redirect: 'points elsewhere; redirects are not followed',
  'address-refused': 'has an address that is not allowed',
  unreachable: 'cannot be reached',
  timeout: 'did not answer in time',
  reset: 'broke off',
  'too-large': 'answered too much',
};

const STATE: Readonly<Record<Delivery['state'], { readonly tone: Tone; readonly word: string }>> = {
  pending: { tone: 'busy', word: 'waits' },
  delivered: { tone: 'ok', word: 'delivered' },
  dead: { tone: 'bad', word: 'given up' },
  dropped: { tone: 'idle', word: 'dropped' },
};

const healthOf = ({ failingSince, failures, lastDeliveredAt }: Webhook): { tone: Tone; word: string } => {
  if (failingSince) return { tone: 'bad', word: `fails, ${formatCount(failures)} calls in a row` };
  if (failures > 0) return { tone: 'warn', word: `last call failed, it is tried again` };
  return lastDeliveredAt ? { tone: 'ok', word: 'delivers' } : { tone: 'idle', word: 'nothing sent yet' };
};

function outcomeOf({ error, status }: Delivery): string {
  const code = status === null ? '' : String(status);
  if (error === null) return code;
  return code === '' ? ERROR_WORD[error] : `${ERROR_WORD[error]} (${code})`;
}

function At({ at }: { readonly at: string }) {
  const now = useNow();
  return <RelativeTime at={at} now={now} />;
}

function Evidence({ delivery: { eventId, kind } }: { readonly delivery: Delivery }) {
  const { ui } = useStores();
  return (
    <Button kind="link" small onClick={() => ui.showLedger({ text: eventId })}>
      {kind}
    </Button>
  );
}

const COLUMNS: Column<Delivery>[] = [
  {
    id: 'state',
    header: 'State',
    accessorFn: (delivery) => delivery.state,
    cell: ({ row }) => <State {...STATE[row.original.state]} />,
  },
  {
    id: 'kind',
    header: 'Tells of',
    accessorFn: (delivery) => delivery.kind,
    cell: ({ row }) => <Evidence delivery={row.original} />,
  },
  {
    id: 'at',
    header: 'Happened',
    accessorFn: (delivery) => delivery.at,
    meta: { className: 'whitespace-nowrap' },
    cell: ({ row }) => <At at={row.original.at} />,
  },
  {
    id: 'attempts',
    header: 'Attempts',
    accessorFn: (delivery) => delivery.attempts,
    meta: { className: 'text-right tabular-nums' },
  },
  { id: 'outcome', header: 'The receiver', accessorFn: outcomeOf },
];

interface ActsProps {
  readonly state: WebhookState & { readonly webhook: Webhook };
  readonly enrolment: EnrolmentStatus | undefined;
  readonly onAsked: (act: 'set' | 'remove') => void;
  readonly onSent: () => void;
}

/** What can be done about it, and what came of the last of it. */
function Acts({ state: { webhook, dead }, enrolment, onAsked, onSent }: ActsProps) {
  const { action, run } = useSend();
  const sending = action.state === 'running';
  const [whyNotSet, whyNotSend] = [
    whyNotSign(enrolment, 'webhook.set'),
    whyNotSign(enrolment, 'webhook.test'),
  ];
  const send = async (route: 'webhook.test' | 'webhook.retry'): Promise<void> => {
    await run(route, webhook.id);
    onSent();
  };
  const signs = { disabled: whyNotSend !== null || sending, title: whyNotSend ?? undefined };
  const sets = { disabled: whyNotSet !== null, title: whyNotSet ?? undefined };
  return (
    <div className="flex flex-col gap-2 py-2">
      <div className="flex items-center gap-2">
        <Button small kind="primary" {...signs} onClick={() => void send('webhook.test')}>
          Send a test
        </Button>
        {dead > 0 ? (
          <Button small {...signs} onClick={() => void send('webhook.retry')}>
            Try again what was given up
          </Button>
        ) : null}
        <Button small {...sets} onClick={() => onAsked('set')}>
          Set another
        </Button>
        <Button small kind="danger" {...sets} onClick={() => onAsked('remove')}>
          Remove
        </Button>
      </div>
      {action.state === 'failed' ? <SigningOutcome action={action} /> : null}
      {action.state === 'done' ? (
        <p role="status" className="text-small text-soft" data-testid="webhook-sent">
          It waits to be sent; the list below says what becomes of it.
        </p>
      ) : null}
    </div>
  );
}

function Standing({ state }: Pick<ActsProps, 'state'>) {
  const { webhook, backlog, oldestAt, dead } = state;
  return (
    <Facts>
      <Fact label="State">
        <span className="flex items-center gap-2" data-testid="webhook-health">
          <State {...healthOf(webhook)} />
          {webhook.failingSince ? (
            <span className="text-soft">
              since <At at={webhook.failingSince} />
            </span>
          ) : null}
        </span>
      </Fact>
      <Fact label="Address">
        <span className="break-all font-mono text-small">{webhook.url}</span>
      </Fact>
      <Fact label="Last delivery">
        {webhook.lastDeliveredAt ? <At at={webhook.lastDeliveredAt} /> : 'none'}
      </Fact>
      <Fact label="Waiting">
        <span className="tabular-nums" data-testid="webhook-backlog">
          {formatCount(backlog)}
        </span>
        {oldestAt ? (
          <span className="text-soft">
            , the oldest from <At at={oldestAt} />
          </span>
        ) : null}
      </Fact>
      <Fact label="Given up">
        {dead > 0 ? <State tone="bad" word={formatCount(dead)} /> : <span className="tabular-nums">0</span>}
      </Fact>
    </Facts>
  );
}

interface NoneProps {
  readonly whyNot: string | null;
  readonly onSet: () => void;
}

const None = ({ whyNot, onSet }: NoneProps) => (
  <EmptyState
    testId="no-webhook"
    title="Alerts are told nowhere else"
    actions={
      <Button kind="primary" disabled={whyNot !== null} title={whyNot ?? undefined} onClick={onSet}>
        Set the webhook
      </Button>
    }
  >
    <p>With a webhook, somebody hears of an alert while nobody looks at this console.</p>
  </EmptyState>
);

/** Alerts told to one machine outside: whether they arrive there, and what waits. */
export function WebhookTab({ enrolment }: { readonly enrolment: EnrolmentStatus | undefined }) {
  const remote = useWebhook();
  const [asked, setAsked] = useState<'set' | 'remove' | null>(null);
  const close = () => setAsked(null);
  const webhook = remote.data?.webhook ?? null;
  return (
    <Section title="Webhook" testId="webhook">
      <RemoteValue
        remote={remote}
        what="the webhook"
        skeleton={<SkeletonRows rows={5} waitingFor="the webhook" />}
      >
        {(state) =>
          state.webhook === null ? (
            <None whyNot={whyNotSign(enrolment, 'webhook.set')} onSet={() => setAsked('set')} />
          ) : (
            <>
              <Standing state={{ ...state, webhook: state.webhook }} />
              <Acts
                state={{ ...state, webhook: state.webhook }}
                enrolment={enrolment}
                onAsked={setAsked}
                onSent={remote.retry}
              />
              <DataTable
                label="Last deliveries"
                rows={state.deliveries}
                columns={COLUMNS}
                rowId={(delivery) => delivery.eventId}
                rowTestId="delivery-row"
              />
            </>
          )
        }
      </RemoteValue>
      {asked === 'set' ? <SetWebhook former={webhook} onClose={close} onSet={remote.retry} /> : null}
      {asked === 'remove' && webhook ? (
        <RemoveWebhook
          webhook={webhook}
          waiting={remote.data?.backlog ?? 0}
          onClose={close}
          onRemoved={remote.retry}
        />
      ) : null}
    </Section>
  );
}

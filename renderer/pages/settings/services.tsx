import type { ServicesReport } from '../../../shared/ipc/services.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { ServiceMark } from '../../ui/service-mark.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { CONNECTION_TONE, CONNECTION_WORD, kindWord } from '../parts/connections.ts';
import { FailedAct } from '../parts/failed-act.tsx';
import { RemoteValue } from '../parts/remote.tsx';

const REPORT_MS = 5000;

type Profile = ServicesReport['profiles'][number];
type Row = Omit<Profile, 'id'> & { readonly id: string | null };

const BUNDLED: Row = { id: null, kind: 'bundled', name: 'Inside this console', host: null };

interface RowProps {
  readonly row: Row;
  readonly connection: ServicesReport['connection'];
  readonly busy: boolean;
  readonly onConnect: () => void;
  readonly onRemove: () => void;
}

function ServiceRow({ row, connection, busy, onConnect, onRemove }: RowProps) {
  const isOn = connection.id === row.id && (row.id !== null || connection.kind === 'bundled');
  return (
    <tr className="h-(--row) border-line border-b" aria-current={isOn || undefined}>
      <td className="pr-4">
        <span className="inline-flex items-center gap-2 whitespace-nowrap">
          <ServiceMark kind={row.kind} />
          {kindWord(row.kind)}
        </span>
      </td>
      <th scope="row" className="pr-4 text-left font-medium text-ink">
        {row.name}
      </th>
      <td className="pr-4 font-mono text-soft">{row.host ?? 'local'}</td>
      <td className="pr-4">
        {isOn ? (
          <State tone={CONNECTION_TONE[connection.state]} word={CONNECTION_WORD[connection.state]} />
        ) : (
          <State tone="idle" word="not in use" />
        )}
      </td>
      <td className="text-right">
        {isOn ? null : (
          <span className="inline-flex gap-2">
            <Button small disabled={busy} aria-label={`Go to ${row.name}`} onClick={onConnect}>
              Go to it
            </Button>
            {row.id === null ? null : (
              <Button small kind="quiet" disabled={busy} aria-label={`Remove ${row.name}`} onClick={onRemove}>
                Remove
              </Button>
            )}
          </span>
        )}
      </td>
    </tr>
  );
}

interface TableProps extends Pick<RowProps, 'connection' | 'busy'> {
  readonly profiles: readonly Profile[];
  readonly onConnect: (id: string | null) => void;
  readonly onRemove: (id: string) => void;
}

const ServicesTable = ({ profiles, connection, busy, onConnect, onRemove }: TableProps) => (
  <table className="w-full text-body">
    <caption className="sr-only">Services this console can be on</caption>
    <thead className="text-faint text-small">
      <tr className="h-7 text-left">
        {['Kind', 'Name', 'Host', 'State'].map((title) => (
          <th key={title} scope="col" className="font-normal">
            {title}
          </th>
        ))}
        <td />
      </tr>
    </thead>
    <tbody>
      {[BUNDLED, ...profiles].map((row) => (
        <ServiceRow
          key={row.id ?? 'bundled'}
          {...{ row, connection, busy }}
          onConnect={() => onConnect(row.id)}
          onRemove={() => (row.id === null ? undefined : onRemove(row.id))}
        />
      ))}
    </tbody>
  </table>
);

/** The services that this console can be on. What is secret about them is typed, and a change decided, in trusted windows. */
export function Services() {
  const bridge = useBridge();
  const report = useAsk('services.status', { everyMs: REPORT_MS });
  const { action, run } = useAction(async (act: () => Promise<unknown>) => {
    await act();
    report.retry();
  });
  const busy = action.state === 'running';
  return (
    <Section title="Services" testId="services">
      <RemoteValue
        remote={report}
        what="the services of this console"
        skeleton={<SkeletonRows rows={2} waitingFor="the services of this console" />}
      >
        {({ connection, profiles }) => (
          <>
            {connection.problem ? (
              <Banner
                tone={connection.state === 'offline' ? 'warn' : 'bad'}
                role="alert"
                action={
                  connection.state === 'missing' ? null : (
                    <Button
                      small
                      disabled={busy}
                      onClick={() => void run(() => bridge.ask('services.retry', undefined))}
                    >
                      Try it now
                    </Button>
                  )
                }
              >
                {connection.problem}
              </Banner>
            ) : null}
            <ServicesTable
              {...{ profiles, connection, busy }}
              onConnect={(id) => void run(() => bridge.ask('services.connect', { id }))}
              onRemove={(id) => void run(() => bridge.ask('services.remove', { id }))}
            />
          </>
        )}
      </RemoteValue>
      <div className="flex items-center gap-4 py-3">
        <Button disabled={busy} onClick={() => void run(() => bridge.ask('services.add', undefined))}>
          {busy ? 'Waiting for the answer' : 'Add a remote service'}
        </Button>
      </div>
      <FailedAct action={action} />
    </Section>
  );
}

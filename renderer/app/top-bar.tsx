import { useBridge } from '../bridge/context.tsx';
import { useAction } from '../bridge/use-action.ts';
import { SERVICE_TONE, STREAM_TONE, VAULT_TONE } from '../pages/parts/tones.ts';
import { useLive, useService, useStores, useVault } from '../stores/stores.tsx';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { formatAge, formatDuration } from '../ui/format.ts';
import { LockIcon } from '../ui/icons.tsx';
import { State, type Tone } from '../ui/state.tsx';
import { useNow } from '../ui/use-now.ts';
import { ServiceBadge } from './service-badge.tsx';

interface ReadoutProps {
  readonly label: string;
  readonly tone: Tone;
  readonly word: string;
  readonly testId: string;
  /** Room for the longest common word, so that a change of state moves nothing. */
  readonly room: string;
  readonly children?: React.ReactNode;
}

export const Readout = ({ label, tone, word, testId, room, children }: ReadoutProps) => (
  <div data-testid={testId} className="flex h-full items-center gap-2 border-line border-l px-3">
    <span className="text-faint text-small">{label}</span>
    <State tone={tone} word={word} className={cx('text-small', room)} />
    {children}
  </div>
);

function Stream() {
  const now = useNow();
  const stream = useLive((s) => s.stream);
  const lastEventAt = useLive((s) => s.lastEventAt);
  const wait = stream.retryAt === null ? '' : `, again in ${formatDuration(stream.retryAt - now)}`;
  return (
    <Readout
      label="Stream"
      testId="status-stream"
      room="min-w-[80px]"
      tone={STREAM_TONE[stream.state]}
      word={stream.state === 'waiting' ? `waiting${wait}` : stream.state}
    >
      <span
        className="w-[9ch] whitespace-nowrap text-right text-faint text-small"
        title="Age of the last event"
      >
        {lastEventAt === null ? 'no event' : formatAge(lastEventAt, now)}
      </span>
    </Readout>
  );
}

function Service() {
  const { status } = useService();
  return (
    <>
      <ServiceBadge />
      <Readout
        label="Service"
        testId="status-service"
        room="min-w-[72px]"
        tone={status ? SERVICE_TONE[status.state] : 'busy'}
        word={status?.state ?? 'asking'}
      />
    </>
  );
}

function Vault() {
  const bridge = useBridge();
  const { notices } = useStores();
  const { status } = useVault();
  const lock = useAction(() =>
    bridge.ask('vault.lock', undefined).catch((cause: unknown) => {
      notices.add('error', 'Locking failed. Close the console to lock it.', Date.now());
      throw cause;
    }),
  );
  return (
    <Readout
      label="Vault"
      testId="status-vault"
      room="min-w-[76px]"
      tone={status ? VAULT_TONE[status.state] : 'busy'}
      word={status?.state ?? 'asking'}
    >
      <Button
        small
        data-testid="lock"
        disabled={status?.state !== 'unlocked' || lock.action.state === 'running'}
        onClick={() => void lock.run()}
      >
        <LockIcon size={12} />
        Lock
      </Button>
    </Readout>
  );
}

/** Which service this is and how everything behind the screen stands. */
export const TopBar = ({ children }: { readonly children?: React.ReactNode }) => (
  <header className="flex h-11 shrink-0 items-center border-line border-b bg-panel">
    <Service />
    <Stream />
    {children}
    <Vault />
  </header>
);

import type { SimulatorState, SimulatorStatus } from '../../../shared/ipc/practice.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { useService } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { formatCount, formatDuration, formatRate } from '../../ui/format.ts';
import { Banner } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { useNow } from '../../ui/use-now.ts';
import { FailedAct } from '../parts/failed-act.tsx';
import { RemoteValue } from '../parts/remote.tsx';

const STATUS_MS = 1000;

const LOOKS: Record<SimulatorState, { readonly tone: Tone; readonly word: string }> = {
  none: { tone: 'idle', word: 'not running' },
  starting: { tone: 'busy', word: 'starting' },
  running: { tone: 'ok', word: 'running' },
  stopping: { tone: 'busy', word: 'stopping' },
  stopped: { tone: 'idle', word: 'stopped' },
  failed: { tone: 'bad', word: 'failed' },
};

const INVITES =
  'Plays invented agents, people, mints, scans and attacks. The first start shows a card: it invites the simulator as an operator.';
const WITHOUT =
  'Plays what strangers and people may do. Enrol this console first to see keys, credits and mints as well.';
const ASKS = 'Waiting for the signing card, which stands in a window of its own.';

function Progress({ status }: { readonly status: SimulatorStatus }) {
  const now = useNow();
  const { tally, startedAt, state } = status;
  const since =
    startedAt === null || state !== 'running' ? null : formatDuration(now - Date.parse(startedAt));
  return (
    <p className="text-body text-soft" data-testid="simulator-progress">
      <span className="text-ink">{formatCount(tally.sent)} requests</span>
      {since === null ? null : ` in ${since}, ${formatRate(tally.rate)} a second`},{' '}
      {formatCount(tally.keysCreated)} keys created, {formatCount(tally.accounts)} accounts registered
      {tally.unanswered > 0 ? `, ${formatCount(tally.unanswered)} unanswered` : ''}.
    </p>
  );
}

interface OutcomeProps {
  readonly status: SimulatorStatus;
}

const Outcome = ({ status: { problem, state } }: OutcomeProps) =>
  problem === null ? null : (
    <Banner tone={state === 'failed' ? 'bad' : 'info'} role={state === 'failed' ? 'alert' : 'status'}>
      {problem}
    </Banner>
  );

/** What it leaves out, and why; nobody has to read it. */
const Said = ({ said }: Pick<SimulatorStatus, 'said'>) =>
  said.length === 0 ? null : (
    <details className="text-small text-soft">
      <summary className="w-max cursor-pointer rounded-sm py-1">What the simulator says</summary>
      <ul className="flex flex-col gap-0.5 py-1 pl-4">
        {said.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </details>
  );

const IS_UP = new Set<SimulatorState>(['starting', 'running', 'stopping']);

interface SimulatorProps {
  /** Undefined while it is not known. */
  readonly isEnrolled: boolean | undefined;
}

/** Runs and ends the simulator of a practice console, and says how it goes. */
export function Simulator({ isEnrolled }: SimulatorProps) {
  const bridge = useBridge();
  const serves = useService().status?.api != null;
  const remote = useAsk('practice.status', { everyMs: STATUS_MS });
  const { action, run } = useAction(async (channel: 'practice.start' | 'practice.stop') => {
    await bridge.ask(channel, undefined);
    remote.retry();
  });
  const asked = action.state === 'running';
  const before = isEnrolled ? INVITES : WITHOUT;
  return (
    <Section title="Simulator" testId="simulator" aside="SIMULATED traffic, on this console’s own service">
      <RemoteValue
        remote={remote}
        what="the simulator"
        skeleton={<SkeletonRows rows={2} waitingFor="the simulator" />}
      >
        {({ simulator }) =>
          simulator === null ? null : (
            <div className="flex flex-col gap-2 py-3">
              <div className="flex items-center gap-4">
                <State {...LOOKS[simulator.state]} className="min-w-[92px]" />
                <div className="min-w-0 flex-1">
                  {simulator.startedAt === null ? (
                    <p className="text-body text-soft">{simulator.state === 'starting' ? ASKS : before}</p>
                  ) : (
                    <Progress status={simulator} />
                  )}
                </div>
                {IS_UP.has(simulator.state) ? (
                  <Button
                    disabled={simulator.state !== 'running' || asked}
                    onClick={() => void run('practice.stop')}
                  >
                    Stop the simulator
                  </Button>
                ) : (
                  <Button
                    kind="primary"
                    disabled={!serves || asked || isEnrolled === undefined}
                    onClick={() => void run('practice.start')}
                  >
                    Run the simulator
                  </Button>
                )}
              </div>
              <Outcome status={simulator} />
              <Said said={simulator.said} />
            </div>
          )
        }
      </RemoteValue>
      <FailedAct action={action} />
    </Section>
  );
}

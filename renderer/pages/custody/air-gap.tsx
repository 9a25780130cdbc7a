import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';

const STATES = {
  off: { tone: 'absent', word: 'off' },
  requested: { tone: 'warn', word: 'requested, not enforced by the system' },
  enforced: { tone: 'ok', word: 'on: this console has no network' },
} as const;

const SAYS = {
  off: 'For making and sealing a key: the console closes and starts again where the system gives it no network. The service stays down meanwhile.',
  requested:
    'The console has closed its own doors and the service is down. Take the machine off the network yourself.',
  enforced:
    'Proven at the start: no interface but a loopback that is down, and no way out. The service is down.',
} as const;

/** Whether this console has a network, and the way to lose it. */
export function AirGap() {
  const bridge = useBridge();
  const state = useAsk('custody.airGap', {}).data;
  const { action, run } = useAction(() => bridge.ask('custody.enterAirGap', undefined));
  if (!state) return null;
  return (
    <Section title="Air gap" testId="custody-air-gap" aside={<State {...STATES[state]} />}>
      <div className="flex flex-wrap items-center gap-3 py-3">
        <span className="max-w-[64ch] text-body text-soft">{SAYS[state]}</span>
        {state === 'off' ? (
          <Button disabled={action.state === 'running'} onClick={() => void run()}>
            Restart without a network
          </Button>
        ) : null}
      </div>
      {action.state === 'failed' ? <Banner tone="bad">{action.error.message}</Banner> : null}
    </Section>
  );
}

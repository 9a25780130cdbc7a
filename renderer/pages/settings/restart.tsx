import { useState } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useConnection, useService, useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Banner } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { SERVICE_TONE } from '../parts/tones.ts';

/** Stops and starts the bundled service, after saying what that interrupts. */
export function RestartService() {
  const bridge = useBridge();
  const { service } = useStores();
  const status = useService().status;
  const [asking, setAsking] = useState(false);
  const { action, run } = useAction(async () => {
    const next = await bridge.ask('service.restart', undefined);
    service.set(next, Date.now());
    setAsking(false);
    return next;
  });
  const running = action.state === 'running';
  const isRemote = (useConnection().status?.kind ?? 'bundled') !== 'bundled';
  return (
    <Section title="Service">
      <div className="flex items-center gap-4 py-3">
        {status ? (
          <State tone={SERVICE_TONE[status.state]} word={status.state} />
        ) : (
          <State tone="busy" word="asking" />
        )}
        <span className="flex-1" />
        {isRemote ? <span className="text-soft">It is restarted on its own host.</span> : null}
        <Button disabled={isRemote} onClick={() => setAsking(true)}>
          Restart the service
        </Button>
      </div>
      {asking ? (
        <Dialog
          open
          title="Restart the service"
          description="Stops the API, the integrator and the database in order, then starts them again. Clients are refused for a few seconds; nothing that was acknowledged is lost."
          onClose={() => setAsking(false)}
          testId="restart-service"
        >
          <div className="h-4" />
          {action.state === 'failed' ? (
            <Banner tone="bad" role="alert">
              {action.error.message}
            </Banner>
          ) : null}
          <DialogActions>
            <Button onClick={() => setAsking(false)}>Cancel</Button>
            <Button kind="danger" disabled={running} onClick={() => void run()}>
              {running ? 'Waiting for the processes' : 'Interrupt clients and restart'}
            </Button>
          </DialogActions>
        </Dialog>
      ) : null}
    </Section>
  );
}

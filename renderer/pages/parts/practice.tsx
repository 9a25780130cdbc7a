import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/message.tsx';

/** Whether this console is for sample data only; false until main has said so. */
export const useIsPractice = (): boolean => useAsk('app.info').data?.practice === true;

/** Opens the practice console of this one, which is a program of its own beside it. */
export function useOpenPractice() {
  const bridge = useBridge();
  return useAction(() => bridge.ask('practice.open', undefined));
}

type Opening = ReturnType<typeof useOpenPractice>;

export const OpenPracticeButton = ({ action, run }: Pick<Opening, 'action' | 'run'>) => (
  <Button disabled={action.state === 'running'} onClick={() => void run()}>
    {action.state === 'running' ? 'Opening it' : 'Open a practice console'}
  </Button>
);

/** What became of it: its window is not this one's to show. */
export const OpenPracticeOutcome = ({ action }: Pick<Opening, 'action'>) => (
  <div aria-live="polite">
    {action.state === 'done' ? (
      <Banner tone="info" testId="practice-opened">
        The practice console opens in a window of its own, and asks for a passphrase of its own. This one
        stays as it is.
      </Banner>
    ) : null}
    {action.state === 'failed' ? (
      <Banner tone="bad" role="alert">
        {action.error.message}
      </Banner>
    ) : null}
  </div>
);

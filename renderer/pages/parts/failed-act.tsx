import type { Action } from '../../bridge/use-action.ts';
import { Banner } from '../../ui/message.tsx';

/** Why something that main was asked for was not done. Whoever declined knows that they did. */
export const FailedAct = ({ action }: { readonly action: Action<unknown> }) => (
  <div aria-live="polite">
    {action.state === 'failed' && action.error.code !== 'declined' ? (
      <Banner tone="bad" role="alert">
        {action.error.message}
      </Banner>
    ) : null}
  </div>
);

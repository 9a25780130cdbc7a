import type { Action } from '../../bridge/use-action.ts';

/** Why the act of a dialog was not done, above its buttons. */
export const DialogFailure = ({ action }: { readonly action: Action<unknown> }) =>
  action.state === 'failed' ? (
    <p role="alert" className="px-5 text-bad text-body">
      {action.error.message}
    </p>
  ) : null;

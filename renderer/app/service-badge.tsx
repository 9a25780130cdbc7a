import { CONNECTION_TONE, CONNECTION_WORD, kindWord } from '../pages/parts/connections.ts';
import { useConnection, useService, useStores } from '../stores/stores.tsx';
import { cx } from '../ui/cx.ts';
import { ServiceMark } from '../ui/service-mark.tsx';
import { State } from '../ui/state.tsx';

/** Which service every screen is of: shape, word and colour, then where it is. Leads to where that is changed. */
export function ServiceBadge() {
  const { ui } = useStores();
  const api = useService().status?.api;
  const on = useConnection().status;
  const kind = on?.kind ?? 'bundled';
  const isBundled = kind === 'bundled';
  const ownHost = api ? new URL(api).host : 'not serving yet';
  return (
    <div className="flex min-w-0 flex-1 items-center gap-3 px-3 text-small" data-testid="service-name">
      <button
        type="button"
        title="Which service this console is on. Opens Settings."
        className={cx(
          'inline-flex min-w-0 items-center gap-1.5 rounded-sm border px-2 py-0.5 hover:bg-hover',
          isBundled ? 'border-transparent' : 'border-line-strong font-medium text-ink',
        )}
        onClick={() => ui.go('settings')}
      >
        <ServiceMark kind={kind} />
        <span className={isBundled ? 'text-soft' : 'shrink-0'}>{kindWord(kind)}</span>
        {isBundled ? null : <span className="truncate">{on?.name}</span>}
      </button>
      <span className="truncate font-mono text-faint">{isBundled ? ownHost : (on?.host ?? '')}</span>
      {on && !isBundled ? (
        <State
          tone={CONNECTION_TONE[on.state]}
          word={CONNECTION_WORD[on.state]}
          title={on.problem ?? undefined}
        />
      ) : null}
    </div>
  );
}

import { useState } from 'react';
import type { MirrorStatus } from '../../../shared/ipc/evidence.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { State, type Tone } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { DialogFailure } from '../parts/dialog-failure.tsx';
import { DialogUnread } from './unread.tsx';

const STATUS_MS = 5_000;
const PROGRESS_MS = 500;

const wordsOf = ({ state, reach, at }: MirrorStatus): readonly [Tone, string] => {
  if (state === 'off') return ['idle', 'no mirror'];
  if (state === 'failed') return ['bad', `mirror failed at ${formatCount(reach)}`];
  if (state === 'running') return ['busy', `mirroring, ${formatCount(reach)} entries so far`];
  return at === null ? ['idle', 'mirror waits for its first round'] : ['ok', `${formatCount(reach)} entries`];
};

function Facts({ status }: { readonly status: MirrorStatus }) {
  const now = useNow();
  const [tone, word] = wordsOf(status);
  return (
    <dl
      className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-2 px-5 text-body"
      data-testid="mirror-facts"
    >
      <dt className="text-soft">State</dt>
      <dd>
        <State tone={tone} word={word} />
      </dd>
      <dt className="text-soft">Folder</dt>
      <dd className="break-all font-mono text-small">{status.folder ?? 'none chosen'}</dd>
      <dt className="text-soft">Entries there</dt>
      <dd className="tabular-nums">{formatCount(status.reach)}, each file verified before it was kept</dd>
      <dt className="text-soft">Newest head there</dt>
      <dd className="tabular-nums">{formatCount(status.size)} entries</dd>
      <dt className="text-soft">Last round</dt>
      <dd>{status.at === null ? 'none yet' : <RelativeTime at={status.at} now={now} />}</dd>
      {status.message === null ? null : (
        <>
          <dt className="text-soft">Last error</dt>
          <dd role="alert" className="text-bad">
            {status.message}
          </dd>
        </>
      )}
    </dl>
  );
}

/** Where the log is mirrored to, and how far; a person chooses the folder in the system's dialog. */
function MirrorDialog({ onClose }: { readonly onClose: () => void }) {
  const bridge = useBridge();
  const { data: status, error, retry } = useAsk('evidence.mirrorStatus', { everyMs: PROGRESS_MS });
  const { action, run } = useAction(async (ask: () => Promise<MirrorStatus>) => {
    await ask();
    retry();
  });
  const busy = action.state === 'running';
  const isOff = status === undefined || status.state === 'off';
  return (
    <Dialog
      open
      title="Mirror off this host"
      description="Bundles of the entries and every verified head, in files that are never written again. Choose a folder that this host cannot rewrite, for instance of another machine."
      testId="mirror-dialog"
      onClose={onClose}
    >
      <div className="flex flex-col gap-4 pt-4">
        {status ? <Facts status={status} /> : null}
        {!status && !error ? (
          <State tone="busy" word="reading how far the mirror is" className="px-5" />
        ) : null}
        {error ? <DialogUnread error={error} what="the mirror’s state is not known" onRetry={retry} /> : null}
        <DialogFailure action={action} />
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          {isOff ? null : (
            <>
              <Button
                disabled={busy}
                onClick={() => void run(() => bridge.ask('evidence.mirrorStop', undefined))}
              >
                Stop mirroring
              </Button>
              <Button
                disabled={busy || status.state === 'running'}
                onClick={() => void run(() => bridge.ask('evidence.mirrorNow', undefined))}
              >
                Mirror now
              </Button>
            </>
          )}
          <Button
            kind={isOff ? 'primary' : 'plain'}
            disabled={busy}
            onClick={() => void run(() => bridge.ask('evidence.mirrorChoose', undefined))}
          >
            Choose a folder…
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

/** How far the log is off this host; always in sight beside its verification. */
export function MirrorState() {
  const [isOpen, setOpen] = useState(false);
  const { data, error } = useAsk('evidence.mirrorStatus', { everyMs: STATUS_MS });
  const unknown = error ? (['warn', 'not known'] as const) : (['idle', 'not known yet'] as const);
  const [tone, word] = data && !error ? wordsOf(data) : unknown;
  const why = error?.message ?? data?.message;
  return (
    <span className="flex items-center gap-2" data-testid="mirror">
      <State tone={tone} word={word} {...(why ? { title: why } : {})} />
      <Button kind="link" small onClick={() => setOpen(true)}>
        Mirror…
      </Button>
      {isOpen ? <MirrorDialog onClose={() => setOpen(false)} /> : null}
    </span>
  );
}

import { useState } from 'react';
import type { TrustedBridge } from './bridge.ts';
import type { Conversation } from './conversation.ts';
import { Button, Frame, Notice } from './parts.tsx';
import { useCountdown } from './timing.ts';
import { visible } from './visible.ts';

const PURPOSE = 'Shown once';
/** After which main takes our text off the clipboard, if it is still there. */
const CLIPBOARD_SECONDS = 30;

interface RevealWindowProps {
  readonly bridge: TrustedBridge;
  readonly state: Conversation;
}

/**
 * A secret that exists on this screen only, until it is closed. Nothing has the focus when it opens: a key press meant for the window
 * before must neither close it nor put it on the clipboard.
 */
export function RevealWindow({ bridge, state }: RevealWindowProps) {
  const { reveal, error } = state;
  const [copied, setCopied] = useState<{ readonly index: number; readonly at: number } | null>(null);
  const [closed, setClosed] = useState(false);
  const left = useCountdown(copied ? CLIPBOARD_SECONDS : null, copied);
  if (!reveal || closed)
    return (
      <Frame purpose={PURPOSE} working={error || closed ? null : 'Waiting for the vault'}>
        {error ? <Notice tone="bad">{error.message}</Notice> : null}
        {closed ? <p>Closed. It will not be shown again.</p> : null}
      </Frame>
    );
  const copy = (index: number) => {
    setCopied({ index, at: performance.now() });
    bridge.send({ type: 'copy-revealed', id: reveal.id, index });
  };
  const close = () => {
    setClosed(true);
    bridge.send({ type: 'close-revealed', id: reveal.id });
  };
  const actions = (
    <Button look="primary" onPress={close}>
      I have stored it
    </Button>
  );
  return (
    <Frame purpose={PURPOSE} actions={actions}>
      <h1>{reveal.title}</h1>
      <p>{reveal.note}</p>
      {reveal.values.map(({ label, value }, index) => (
        <section className="secret" key={label}>
          <header>
            <h2>{label}</h2>
            <span className="soft" role="status">
              {copied?.index === index
                ? clipboardState(left)
                : `Copy keeps it on the clipboard for ${CLIPBOARD_SECONDS} s`}
            </span>
            <Button onPress={() => copy(index)} label={`Copy ${label}`}>
              Copy
            </Button>
          </header>
          <p className="secret-value">{visible(value)}</p>
        </section>
      ))}
      <Notice tone="warn" title="This is the only time">
        Store it where it belongs before you close this window. Only its hash is kept, so nobody can show it
        again.
      </Notice>
    </Frame>
  );
}

const clipboardState = (left: number): string =>
  left > 0 ? `On the clipboard for ${left} s` : 'Taken off the clipboard';

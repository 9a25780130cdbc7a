import { useEffect, useRef, useState } from 'react';
import type { CardRequest } from '../../shared/ipc/trusted.ts';
import { Fingerprint } from '../ui/hash.tsx';
import type { TrustedBridge } from './bridge.ts';
import type { Conversation } from './conversation.ts';
import { Button, Frame, Notice } from './parts.tsx';
import { useReadToEnd, useVisibleFor } from './timing.ts';
import { groupsOf, visible } from './visible.ts';

/** Long enough that a key press meant for the window before does not sign, short enough to stay out of the way. */
const READING_MS = 700;
const PURPOSE = 'Signing card';

/** A hash or key id in groups, with its picture: compared side by side, never from memory. */
function Groups({ text, size }: { readonly text: string; readonly size: number }) {
  return (
    <span className="hash">
      <Fingerprint text={text} height={32} />
      <span className="hash-groups">
        {groupsOf(text, size).map((group, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups of a hash may repeat; their place is their identity.
          <span key={i}>{group}</span>
        ))}
      </span>
    </span>
  );
}

function Target({ method, target }: { readonly method: string; readonly target: string }) {
  const url = new URL(target);
  return (
    <p className="target mono">
      <b>{method}</b> <span className="soft">{url.origin}</span>
      {visible(`${url.pathname}${url.search}`)}
    </p>
  );
}

const RISKS = { sensitive: 'Sensitive', critical: 'Critical: a second person must approve' } as const;
const SECOND = 'Critical: yours is the second signature, and it is done at once';

function Content({ request }: { readonly request: CardRequest }) {
  const { card, cardHash, keyId } = request;
  return (
    <>
      <p className="risk">
        <svg className="shape warn" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
          <path fill="currentColor" d="M8 1.5 15 14.5H1z" />
        </svg>
        {card.route === 'proposals.approve' ? SECOND : RISKS[card.risk]}
      </p>
      <h1>{card.title}</h1>
      <p className="effect">{card.effect}</p>
      <table className="fields">
        <caption className="visually-hidden">What is signed</caption>
        <colgroup>
          <col />
          <col />
        </colgroup>
        <tbody>
          {card.fields.map(({ label, value }) => (
            <tr key={label}>
              <th scope="row">{visible(label)}</th>
              <td>{value === '' ? <span className="soft">(empty)</span> : <bdi>{visible(value)}</bdi>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>Request</h2>
      <Target method={card.method} target={card.target} />
      <h2>Card hash</h2>
      <Groups text={cardHash} size={8} />
      <h2>Signed by key</h2>
      <Groups text={keyId} size={8} />
    </>
  );
}

interface CardWindowProps {
  readonly bridge: TrustedBridge;
  readonly state: Conversation;
}

/** One request, decoded from the bytes that will be sent, and a person's decision about it. */
export function CardWindow({ bridge, state }: CardWindowProps) {
  const { card: request, error } = state;
  const decline = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [decided, setDecided] = useState(false);
  const id = request?.id;
  const seen = useVisibleFor(READING_MS, id);
  const read = useReadToEnd(box, id);
  useEffect(() => {
    if (id !== undefined) decline.current?.focus();
  }, [id]);
  const decide = (decision: 'sign' | 'decline') => {
    if (id === undefined || decided) return;
    setDecided(true);
    bridge.send({ type: 'card-decision', id, decision });
  };
  useEscape(() => decide('decline'));
  if (!request)
    return (
      <Frame purpose={PURPOSE} working={error ? null : 'Waiting for the request'}>
        {error ? <Notice tone="bad">{error.message}</Notice> : null}
      </Frame>
    );
  const actions = (
    <>
      <Button ref={decline} onPress={() => decide('decline')} disabled={decided}>
        Decline
      </Button>
      <Button look="primary" onPress={() => decide('sign')} disabled={decided || !seen || !read}>
        Sign
      </Button>
    </>
  );
  return (
    <Frame
      purpose={PURPOSE}
      actions={actions}
      working={decided ? 'Telling the vault' : null}
      todo={read ? null : 'Scroll to the end to sign'}
    >
      <div className="card" ref={box}>
        <Content request={request} />
        {error ? <Notice tone="bad">{error.message}</Notice> : null}
      </div>
    </Frame>
  );
}

/** Escape is the safe way out of a card. */
function useEscape(onEscape: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === 'Escape') onEscape();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
}

import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { TrustedBridge } from './bridge.ts';
import type { Conversation } from './conversation.ts';
import { CreateVault } from './first-run.tsx';
import { Button, Field, Frame, Notice } from './parts.tsx';
import { Recover } from './recover.tsx';
import { RecoverWithShares } from './recover-shares.tsx';
import { useCountdown } from './timing.ts';
import { Facts, Troubles } from './vault-state.tsx';

interface Props {
  readonly bridge: TrustedBridge;
  readonly state: Conversation;
}

const PURPOSE = 'Unlock';

/** The screens that an unlock window can be on. */
type Way = 'passphrase' | 'recovery' | 'shares' | 'anew';

export function Unlock({ bridge, state }: Props) {
  const [way, setWay] = useState<Way>('passphrase');
  const [acceptOlder, setAcceptOlder] = useState(false);
  const back = () => setWay('passphrase');
  if (way === 'recovery')
    return <Recover bridge={bridge} state={state} acceptOlder={acceptOlder} onBack={back} />;
  if (way === 'shares')
    return <RecoverWithShares bridge={bridge} state={state} acceptOlder={acceptOlder} onBack={back} />;
  if (way === 'anew')
    return <CreateVault bridge={bridge} state={state} purpose={PURPOSE} startAnew onBack={back} />;
  return (
    <WithPassphrase
      bridge={bridge}
      state={state}
      acceptOlder={acceptOlder}
      onAcceptOlder={() => setAcceptOlder(true)}
      onGo={setWay}
    />
  );
}

interface WithPassphraseProps extends Props {
  readonly acceptOlder: boolean;
  readonly onAcceptOlder: () => void;
  readonly onGo: (way: Way) => void;
}

/** Codes whose sentence stands beside the field, or in the notice that offers what to do about them. */
const IN_FIELD = new Set(['wrong-passphrase', 'too-many-attempts']);
const isSaidAbove = ({ code }: NonNullable<Conversation['error']>, status: Conversation['status']): boolean =>
  code === 'vault-rolled-back' ||
  (code === 'vault-damaged' && status?.state === 'damaged') ||
  (code === 'keychain-missing' && status?.keychain === 'missing' && status.warnings.length > 0);

function WithPassphrase({ bridge, state, acceptOlder, onAcceptOlder, onGo }: WithPassphraseProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [passphrase, setPassphrase] = useState('');
  const { status, working, error } = state;
  const wait = useCountdown(error?.waitSeconds ?? null, error);
  const unreadable = status?.state === 'damaged' && !acceptOlder;
  const busy = working !== null || wait > 0;
  // Typing may begin while the keeper still starts; it is sent when there is somebody to hear it.
  const blocked = busy || !status || unreadable;
  useEffect(() => {
    if (!busy) field.current?.focus();
  }, [busy]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (blocked || passphrase === '') return;
    bridge.send({ type: 'unlock', passphrase, ...(acceptOlder ? { acceptOlder } : {}) });
    // What was typed has left; nothing of it stays on the screen.
    setPassphrase('');
  };
  const actions = (
    <>
      <Button look="link" onPress={() => onGo('recovery')} disabled={working !== null}>
        Use the recovery code
      </Button>
      <Button look="link" onPress={() => onGo('shares')} disabled={working !== null}>
        Use recovery shares
      </Button>
      {unreadable ? null : (
        <button type="submit" form={id} className="button primary" disabled={blocked || passphrase === ''}>
          {wait > 0 ? `Wait ${wait} s` : 'Unlock'}
        </button>
      )}
    </>
  );
  const inField = error && IN_FIELD.has(error.code) ? error.message : null;
  return (
    <Frame purpose={PURPOSE} isPractice={state.isPractice} actions={actions} working={working}>
      <h1>Unlock the vault</h1>
      <p>
        The key that signs and the keys of the service stay sealed until then, and again after every lock.
      </p>
      <Troubles
        state={state}
        acceptOlder={acceptOlder}
        onAcceptOlder={onAcceptOlder}
        onRetry={() => bridge.send({ type: 'hello' })}
        onAnew={() => onGo('anew')}
      />
      {unreadable ? null : (
        <form id={id} onSubmit={submit} className="stack">
          <Field
            ref={field}
            id={`${id}-passphrase`}
            kind="passphrase"
            label="Passphrase"
            value={passphrase}
            onChange={setPassphrase}
            disabled={busy}
            error={inField}
            hint={wait > 0 ? `The next attempt is looked at in ${wait} s.` : null}
          />
        </form>
      )}
      {error && !inField && !isSaidAbove(error, status) ? <Notice tone="bad">{error.message}</Notice> : null}
      {status ? <Facts status={status} /> : null}
    </Frame>
  );
}

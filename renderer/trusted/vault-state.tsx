import type { ReactNode } from 'react';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { Conversation } from './conversation.ts';
import { Button, Notice } from './parts.tsx';

const PROTECTION = {
  'passphrase-and-keychain': 'Passphrase + keychain',
  'passphrase-only': 'Passphrase only',
} as const;
const KEYCHAIN = {
  system: 'System',
  missing: 'Missing',
} as const;

/** What the file says about itself; unproven until the passphrase is right. */
export function Facts({ status }: { readonly status: VaultStatus }) {
  if (!status.protection) return null;
  const rows = [
    ['Protection', PROTECTION[status.protection]],
    ['Keychain', KEYCHAIN[status.keychain]],
    ['Generation', String(status.generation)],
    ['Items', String(status.items)],
  ] as const;
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface TroublesProps {
  readonly state: Conversation;
  readonly acceptOlder: boolean;
  readonly onAcceptOlder: () => void;
  readonly onRetry: () => void;
  readonly onAnew: () => void;
}

/** Everything that stands between this vault and its passphrase, worst first, each with what can be done about it. */
export function Troubles({ state, acceptOlder, onAcceptOlder, onRetry, onAnew }: TroublesProps) {
  const { status, previous, error } = state;
  if (!status) return null;
  const retry = <Button onPress={onRetry}>Look again</Button>;
  if (status.state === 'damaged' && !acceptOlder)
    return (
      <Damaged status={status} previous={previous} onUse={onAcceptOlder} onAnew={onAnew} retry={retry} />
    );
  if (acceptOlder)
    return (
      <Notice tone="warn" title="You go on with an older vault">
        What was changed after generation {previous?.generation ?? status.generation} is lost. Nothing is
        deleted: the damaged file is moved aside.
      </Notice>
    );
  if (error?.code === 'vault-rolled-back')
    return (
      <Notice
        tone="bad"
        title="This vault is an older one"
        actions={<Button onPress={onAcceptOlder}>Go on with this older vault</Button>}
      >
        {error.message}
      </Notice>
    );
  if (status.warnings.length === 0) return null;
  const failed = error?.code === 'keychain-missing' ? [error.message] : [];
  const keychainAway = status.keychain === 'missing' && status.protection === 'passphrase-and-keychain';
  return (
    <Notice
      tone={failed.length > 0 ? 'bad' : 'warn'}
      title={titleOf(status, keychainAway)}
      actions={keychainAway ? retry : null}
    >
      {[...failed, ...status.warnings].map((text) => (
        <p key={text}>{text}</p>
      ))}
    </Notice>
  );
}

function titleOf(status: VaultStatus, keychainAway: boolean): string {
  if (keychainAway) return 'The keychain is missing';
  return status.protection === 'passphrase-only'
    ? 'Passphrase only: weaker than with a keychain'
    : 'Before you unlock';
}

/** `2026-11-20 09:12 UTC`: exact, and the same on every machine. */
const exactTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

interface DamagedProps {
  readonly status: VaultStatus;
  readonly previous: Conversation['previous'];
  readonly onUse: () => void;
  readonly onAnew: () => void;
  readonly retry: ReactNode;
}

function Damaged({ status, previous, onUse, onAnew, retry }: DamagedProps) {
  const actions = (
    <>
      {retry}
      {previous ? <Button onPress={onUse}>Use generation {previous.generation}</Button> : null}
      <Button look="link" onPress={onAnew}>
        Start a new vault
      </Button>
    </>
  );
  const [first, ...rest] = status.warnings;
  return (
    <>
      <Notice tone="bad" title="The vault cannot be read" actions={actions}>
        <p>{first ?? 'The vault file is damaged.'}</p>
        {previous ? (
          <p>
            Generation {previous.generation} was written on {exactTime(previous.writtenAt)}.
          </p>
        ) : (
          <p>
            A new vault has a new key, which must be enrolled again. What is left of this one is moved aside.
          </p>
        )}
      </Notice>
      {rest.map((text) => (
        <Notice key={text} tone="warn">
          {text}
        </Notice>
      ))}
    </>
  );
}

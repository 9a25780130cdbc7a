import { useId, useState } from 'react';
import type { CustodyState } from '../../../shared/ipc/custody.ts';
import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import type { RunStep } from './use-custody.ts';

const FIELD = 'h-8 rounded-sm border border-line-strong bg-transparent px-2 text-body';

/** Without a good keychain nothing but a passphrase would guard a wallet: custody is off, and this is the way out. */
export const CustodyOff = () => (
  <Banner tone="warn" testId="custody-off">
    Custody is off: this system has no keychain that works. Install and unlock one (GNOME Keyring, KWallet,
    Keychain), start Sallyport again and change the vault’s passphrase, which adds the keychain’s half. A
    rotation that is open can be finished.
  </Banner>
);

interface OpenProps {
  readonly state: CustodyState;
  readonly run: RunStep;
  readonly busy: boolean;
}

/** Where a rotation begins: why, and which wallet it replaces when no rotation has made that one. */
export function OpenRotation({ state, run, busy }: OpenProps) {
  const id = useId();
  const [reason, setReason] = useState('');
  const [former, setFormer] = useState('');
  const [twoPersons, setTwoPersons] = useState(false);
  const ready = reason.trim() !== '' && state.keychain === 'system' && !busy;
  return (
    <Section title="New rotation" testId="custody-open">
      {state.keychain === 'missing' ? <CustodyOff /> : null}
      <form
        className="flex flex-wrap items-end gap-3 py-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          const opened = { act: 'open', reason: reason.trim(), former: former || null } as const;
          void run(twoPersons ? { ...opened, twoPersons } : opened);
        }}
      >
        <label className="flex flex-col gap-1 text-small text-soft" htmlFor={`${id}-reason`}>
          Why
          <input
            id={`${id}-reason`}
            className={`${FIELD} w-[360px]`}
            maxLength={500}
            value={reason}
            placeholder="quarterly rotation, suspected leak"
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        {state.holder === null && state.candidates.length > 0 ? (
          <label className="flex flex-col gap-1 text-small text-soft" htmlFor={`${id}-former`}>
            Wallet that it replaces
            <select
              id={`${id}-former`}
              className={FIELD}
              value={former}
              onChange={(event) => setFormer(event.target.value)}
            >
              <option value="">None: this is the first wallet</option>
              {state.candidates.map(({ item, label }) => (
                <option key={item} value={item}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <label className="flex h-8 items-center gap-2 text-body text-soft" htmlFor={`${id}-two`}>
          <input
            id={`${id}-two`}
            type="checkbox"
            checked={twoPersons}
            onChange={(event) => setTwoPersons(event.target.checked)}
          />
          Opens with a second operator’s key only
        </label>
        <Button kind="primary" type="submit" disabled={!ready}>
          Generate a new wallet
        </Button>
      </form>
    </Section>
  );
}

/** The whole rotation on keys that are thrown away, so that nobody does it for the first time in an incident. */
export const Rehearse = ({ run, busy }: Omit<OpenProps, 'state'>) => (
  <Section title="Rehearsal" testId="custody-rehearse">
    <div className="flex flex-wrap items-center gap-3 py-3">
      <span className="max-w-[64ch] text-body text-soft">
        Goes through every step and its failures on throw-away keys, in the keeper alone, with a wallet of one
        person and one of two: no wallet of the vault, no service and no network. The second operator is a
        throw-away key too, and the signed record below says so.
      </span>
      <Button disabled={busy} onClick={() => void run({ act: 'rehearse' })}>
        Rehearse a rotation
      </Button>
    </div>
  </Section>
);

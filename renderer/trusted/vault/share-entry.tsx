import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { TrustedBridge } from '../bridge.ts';
import type { Conversation } from '../conversation.ts';
import { LongText } from './choice.tsx';

/** Shares that were entered so far and belong to this vault. */
export interface EnteredShares {
  readonly texts: readonly string[];
  readonly threshold: number | null;
  readonly form: string;
  readonly field: {
    readonly value: string;
    readonly set: (text: string) => void;
    readonly submit: (event: FormEvent) => void;
  };
  readonly indices: readonly number[];
}

/** Each share is held against the vault when it is entered, so that a wrong or foreign one is named while its paper is at hand. */
export function useShares(
  bridge: TrustedBridge,
  { shareRead }: Conversation,
  acceptOlder = false,
): EnteredShares {
  const form = useId();
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState('');
  const [entered, setEntered] = useState<ReadonlyMap<number, string>>(new Map());
  const last = useRef(shareRead);
  useEffect(() => {
    // The answer to the share before is no answer to this one.
    if (!shareRead || shareRead === last.current) return;
    last.current = shareRead;
    setEntered((before) => new Map(before).set(shareRead.index, asked));
    setAsked('');
    setTyped('');
  }, [shareRead, asked]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === '') return;
    setAsked(typed);
    bridge.send({ type: 'check-share', text: typed, ...(acceptOlder ? { acceptOlder } : {}) });
  };
  return {
    texts: [...entered.values()],
    indices: [...entered.keys()],
    threshold: shareRead?.threshold ?? null,
    form,
    field: { value: typed, set: setTyped, submit },
  };
}

export function ShareEntry({
  shares,
  disabled,
}: {
  readonly shares: EnteredShares;
  readonly disabled: boolean;
}) {
  const { indices, threshold, form, field } = shares;
  return (
    <form id={form} className="stack" onSubmit={field.submit}>
      <p role="status">
        {indices.length === 0
          ? 'No share entered yet.'
          : `Entered: share ${indices.join(', ')}. ${threshold ?? ''} are needed.`}
      </p>
      <LongText
        id={`${form}-share`}
        label="Words of a share"
        rows={4}
        value={field.value}
        disabled={disabled}
        hint="32 words, or their first four letters; or the text of its QR code."
        onChange={field.set}
      />
      <button type="submit" className="button plain" disabled={disabled || field.value.trim() === ''}>
        Enter this share
      </button>
    </form>
  );
}

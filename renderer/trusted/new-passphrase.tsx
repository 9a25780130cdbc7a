import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { MIN_PASSPHRASE_CHARACTERS } from '../../shared/ipc/passphrase.ts';
import type { Conversation } from './conversation.ts';
import { Button, Field } from './parts.tsx';

const UNJUDGED = {
  level: 0,
  text: `At least ${MIN_PASSPHRASE_CHARACTERS} characters. Five random words are good.`,
} as const;
const LEVELS = ['Too short', 'Weak', 'Fair', 'Strong'] as const;

/** The keeper judges: what it takes would make this window too large to be read. Its answer may be of what stood here just before. */
function Meter({ strength }: { readonly strength: Conversation['strength'] }) {
  const { level, text } = strength ?? UNJUDGED;
  return (
    <div className="strength">
      <div className={`meter level-${level}`} role="img" aria-label={`Strength: ${LEVELS[level]}`}>
        <i />
        <i />
        <i />
      </div>
      <span>{text}</span>
    </div>
  );
}

interface NewPassphraseProps {
  /** Fields that come before the passphrase, such as the recovery code. */
  readonly before?: ReactNode;
  /** The id of the form, so that a button outside of it can submit it. */
  readonly formId: string;
  readonly disabled: boolean;
  readonly autoFocus?: boolean;
  readonly strength: Conversation['strength'];
  readonly onRate: (passphrase: string) => void;
  readonly onSubmit: (passphrase: string) => void;
}

/** A new passphrase, typed twice. Rules are said while typing; a mistake in repeating it when it is submitted. */
export function NewPassphrase({
  before,
  formId,
  disabled,
  autoFocus = true,
  strength,
  onRate,
  onSubmit,
}: NewPassphraseProps) {
  const id = useId();
  const first = useRef<HTMLInputElement>(null);
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [shown, setShown] = useState(false);
  const [error, setError] = useState<'short' | 'different' | null>(null);
  useEffect(() => {
    if (autoFocus) first.current?.focus();
  }, [autoFocus]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (passphrase.length < MIN_PASSPHRASE_CHARACTERS) return setError('short');
    if (passphrase !== again) return setError('different');
    setError(null);
    return onSubmit(passphrase);
  };
  return (
    <form id={formId} onSubmit={submit} className="stack">
      {before}
      <Field
        ref={first}
        id={`${id}-new`}
        kind="new-passphrase"
        label="New passphrase"
        value={passphrase}
        onChange={(typed) => {
          setPassphrase(typed);
          onRate(typed);
        }}
        shown={shown}
        disabled={disabled}
        error={error === 'short' ? `Use at least ${MIN_PASSPHRASE_CHARACTERS} characters.` : null}
        hint={<Meter strength={strength} />}
      />
      <Field
        id={`${id}-again`}
        kind="new-passphrase"
        label="Type it again"
        value={again}
        onChange={setAgain}
        shown={shown}
        disabled={disabled}
        error={error === 'different' ? 'The two are not the same. Type both again.' : null}
      />
      <Button look="link" onPress={() => setShown(!shown)}>
        {shown ? 'Hide what I type' : 'Show what I type'}
      </Button>
    </form>
  );
}

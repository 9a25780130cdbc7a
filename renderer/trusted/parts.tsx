import type { ReactNode, Ref } from 'react';

/** The gate of the house: two towers, a lintel and the small door. */
function Mark() {
  return (
    <svg className="mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path fill="currentColor" d="M1 1h3v2h2V1h4v2h2V1h3v14h-4v-4a3 3 0 0 0-6 0v4H1z" />
    </svg>
  );
}

interface FrameProps {
  readonly purpose: string;
  /** Of a console for sample data: said above everything, where a passphrase is asked for. */
  readonly isPractice?: boolean;
  readonly children: ReactNode;
  /** Buttons, the safe one first. */
  readonly actions?: ReactNode;
  /** What is being waited for; said to screen readers too. */
  readonly working?: string | null;
  /** What is still to be done before the main button can be pressed. */
  readonly todo?: string | null;
}

/** Every trusted window: what it is for at the top, what can be done at the bottom, the rest scrolls. */
export function Frame({
  purpose,
  isPractice = false,
  children,
  actions,
  working = null,
  todo = null,
}: FrameProps) {
  return (
    <div className="frame">
      <header className="bar">
        <Mark />
        <span className="name">Sallyport</span>
        <span className="purpose">{purpose}</span>
      </header>
      <main className="body">
        {isPractice ? <PracticeNote /> : null}
        {children}
      </main>
      {actions || working ? (
        <footer className="actions">
          <output className="working">{working ? `${working}…` : todo}</output>
          {actions}
        </footer>
      ) : null}
    </div>
  );
}

const PracticeNote = () => (
  <Notice tone="warn" title="Practice console: sample data only">
    It has a vault of its own. Do not type the passphrase of your real console here.
  </Notice>
);

type Tone = 'bad' | 'warn' | 'ok' | 'info';

/** State never speaks by colour alone: each has a shape and its word. */
const SHAPES: Readonly<Record<Tone, { path: string; word: string }>> = {
  bad: { path: 'M8 1 15 8 8 15 1 8z', word: 'Error' },
  warn: { path: 'M8 1.5 15 14.5H1z', word: 'Warning' },
  ok: { path: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z', word: 'Good' },
  info: { path: 'M2 2h12v12H2z', word: 'Note' },
};

function Shape({ tone }: { readonly tone: Tone }) {
  return (
    <svg className={`shape ${tone}`} viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
      <path fill="currentColor" d={SHAPES[tone].path} />
    </svg>
  );
}

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

export function Notice({ tone, title, children, actions }: NoticeProps) {
  return (
    <section className={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'note'}>
      <Shape tone={tone} />
      <div className="notice-text">
        <strong>{title ?? SHAPES[tone].word}</strong>
        <div>{children}</div>
        {actions ? <div className="notice-actions">{actions}</div> : null}
      </div>
    </section>
  );
}

interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress?: () => void;
  readonly look?: 'primary' | 'plain' | 'link' | 'danger';
  readonly submit?: boolean;
  readonly disabled?: boolean;
  readonly label?: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ children, onPress, look = 'plain', submit, disabled, label, ref }: ButtonProps) {
  return (
    <button
      ref={ref}
      type={submit ? 'submit' : 'button'}
      className={`button ${look}`}
      disabled={disabled ?? false}
      aria-label={label}
      onClick={onPress}
    >
      {children}
    </button>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly kind: 'passphrase' | 'new-passphrase' | 'code';
  readonly shown?: boolean;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly disabled?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

const COMPLETES = { passphrase: 'current-password', 'new-passphrase': 'new-password', code: 'off' } as const;

export function Field({ id, label, value, onChange, kind, shown, hint, error, disabled, ref }: FieldProps) {
  const notes = [error ? `${id}-error` : null, hint ? `${id}-hint` : null].filter((n) => n !== null);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        ref={ref}
        id={id}
        type={kind === 'code' || shown ? 'text' : 'password'}
        className={kind === 'code' || shown ? 'mono' : undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete={COMPLETES[kind]}
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        maxLength={kind === 'code' ? 100 : 1024}
        disabled={disabled ?? false}
        aria-invalid={error ? true : undefined}
        aria-describedby={notes.length > 0 ? notes.join(' ') : undefined}
      />
      {error ? (
        <p id={`${id}-error`} className="field-error" role="alert">
          <Shape tone="bad" /> {error}
        </p>
      ) : null}
      {hint ? (
        <div id={`${id}-hint`} className="field-hint">
          {hint}
        </div>
      ) : null}
    </div>
  );
}

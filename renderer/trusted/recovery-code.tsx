import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { Button, Field, Frame } from './parts.tsx';
import { Steps } from './steps.tsx';

interface RecoveryCodeProps {
  readonly purpose: string;
  readonly code: string;
  readonly working: string | null;
  readonly error: string | null;
  readonly onConfirm: (lastGroup: string) => void;
}

/** The code, in the groups in which it is written down. Printed, it is a page of its own. */
function CodeSheet({ code }: { readonly code: string }) {
  return (
    <section className="sheet" aria-label="Recovery code">
      <h2 className="print-only">Sallyport recovery code</h2>
      <ol className="code-groups">
        {code.split('-').map((group) => (
          <li key={group}>{group}</li>
        ))}
      </ol>
      <p className="print-only">
        This code opens the vault without passphrase and keychain. Keep it away from the machine. It is used
        up when it has been used once: a new one is given then.
      </p>
    </section>
  );
}

function ShowCode({ purpose, code, onWritten }: { purpose: string; code: string; onWritten: () => void }) {
  const actions = (
    <>
      <Button onPress={() => window.print()}>Print</Button>
      <Button look="primary" onPress={onWritten}>
        I have written it down
      </Button>
    </>
  );
  return (
    <Frame purpose={purpose} actions={actions}>
      <Steps at={1} />
      <h1>Write down the recovery code</h1>
      <p>
        It opens the vault when the passphrase or the keychain is lost, and is shown only now. Keep it on
        paper, away from this machine: whoever holds it holds the vault.
      </p>
      <CodeSheet code={code} />
      <p className="soft">
        The last character of each group checks that group, so a typing mistake will be named. There is no I,
        L, O or U in it.
      </p>
    </Frame>
  );
}

/** Shows the recovery code once and has its last group typed back before anything is written. */
export function RecoveryCode({ purpose, code, working, error, onConfirm }: RecoveryCodeProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [written, setWritten] = useState(false);
  const [lastGroup, setLastGroup] = useState('');
  useEffect(() => {
    if (written) field.current?.focus();
  }, [written]);
  if (!written) return <ShowCode purpose={purpose} code={code} onWritten={() => setWritten(true)} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onConfirm(lastGroup);
  };
  const actions = (
    <>
      <Button onPress={() => setWritten(false)} disabled={working !== null}>
        Show the code again
      </Button>
      <button
        type="submit"
        form={id}
        className="button primary"
        disabled={working !== null || lastGroup.trim() === ''}
      >
        Confirm
      </button>
    </>
  );
  return (
    <Frame purpose={purpose} actions={actions} working={working}>
      <Steps at={2} />
      <h1>Type the last group back</h1>
      <p>Read it from your paper, not from memory. Nothing is written to disk before this matches.</p>
      <form id={id} onSubmit={submit} className="stack">
        <Field
          ref={field}
          id={`${id}-last`}
          kind="code"
          label="Group 8 of 8"
          value={lastGroup}
          onChange={setLastGroup}
          disabled={working !== null}
          error={error}
        />
      </form>
    </Frame>
  );
}

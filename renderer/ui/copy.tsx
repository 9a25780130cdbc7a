import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { CheckIcon, CopyIcon } from './icons.tsx';

/** How long the button says that it copied. */
const SAID_MS = 1500;

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The permission may be refused to the page; the person can still select the text.
    return false;
  }
}

interface CopyProps {
  readonly text: string;
  /** What is copied, for the button's name: "Copy leaf hash". */
  readonly what: string;
}

/** Copies public text. Secrets are never given to this screen, so they cannot be copied here. */
export function CopyButton({ text, what }: CopyProps) {
  const [said, setSaid] = useState<'copied' | 'refused' | null>(null);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Button
      kind="quiet"
      small
      className="w-6 px-0"
      aria-label={said === 'refused' ? `Could not copy ${what}; select it instead` : `Copy ${what}`}
      title={said === 'refused' ? 'Copying was refused: select the text instead' : `Copy ${what}`}
      onClick={() => void copyText(text).then((done) => setSaid(done ? 'copied' : 'refused'))}
    >
      {said === 'copied' ? <CheckIcon /> : <CopyIcon />}
      <span role="status" className="sr-only">
        {said === 'copied' ? 'Copied' : ''}
      </span>
    </Button>
  );
}

import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { CheckIcon, CopyIcon } from './icons.tsx';

/** How long the button says that it copied. */
const SAID_MS = 1500;

/**
 * Copies by the copy command, which a click alone allows: this page is granted no permission, the clipboard's included.
 * @returns whether it was copied
 */
function copyText(text: string): boolean {
  const onCopy = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  };
  document.addEventListener('copy', onCopy, { once: true });
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    document.removeEventListener('copy', onCopy);
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
      onClick={() => setSaid(copyText(text) ? 'copied' : 'refused')}
    >
      {said === 'copied' ? <CheckIcon /> : <CopyIcon />}
      <span role="status" className="sr-only">
        {said === 'copied' ? 'Copied' : ''}
      </span>
    </Button>
  );
}

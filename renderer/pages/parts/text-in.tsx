import { useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { pixelsOf, textIn } from './qr-text.ts';

/** Far above any approval, and nothing that a page could not hold. */
const MOST_BYTES = 65_536;
const UNREAD =
  'Nothing can be read in it. Take the picture of the code again, closer, or choose another file.';

/** @returns what the file says, or what the code in its picture does; null for neither */
async function textOf(file: File): Promise<string | null> {
  if (!file.type.startsWith('image/')) return file.size > MOST_BYTES ? null : file.text().catch(() => null);
  const pixels = await pixelsOf(file);
  return pixels && textIn(pixels);
}

interface TextInProps {
  readonly label: string;
  readonly act: string;
  readonly disabled: boolean;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onTake: (text: string) => void;
}

/** Text that came another way: pasted, from a file, or from a picture of its code. It is read here, without network or keys. */
export function TextIn({ label, act, disabled, text, onText, onTake }: TextInProps) {
  const file = useRef<HTMLInputElement>(null);
  const [unread, setUnread] = useState<string | null>(null);
  const canTake = !disabled && text.trim() !== '';
  const read = async (chosen: File) => {
    const said = await textOf(chosen);
    setUnread(said ? null : UNREAD);
    if (said) onText(said);
  };
  return (
    <section aria-label={label} className="flex flex-col gap-2 px-5">
      <Field
        label={label}
        hint="Paste it and press Ctrl+Enter, or choose its file or a picture of its QR code."
        error={unread ?? undefined}
      >
        {(aria) => (
          <textarea
            {...aria}
            rows={4}
            spellCheck={false}
            maxLength={MOST_BYTES}
            value={text}
            onChange={(event) => onText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !canTake) return;
              event.preventDefault();
              onTake(text);
            }}
            className="w-full rounded-sm border border-line-strong bg-canvas p-2 font-mono text-ink text-small"
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button small disabled={!canTake} onClick={() => onTake(text)}>
          {act}
        </Button>
        <Button small disabled={disabled} onClick={() => file.current?.click()}>
          From a file or picture…
        </Button>
        <input
          ref={file}
          type="file"
          accept="application/json,image/png,image/jpeg,image/webp"
          aria-label={`File or picture: ${label}`}
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            if (chosen) void read(chosen);
            event.target.value = '';
          }}
        />
      </div>
    </section>
  );
}

import { type ChangeEvent, useState } from 'react';
import { LongText } from './choice.tsx';

interface FileFieldProps {
  readonly id: string;
  readonly label: string;
  /** Of the field beneath, for whoever has the text and no file. */
  readonly textLabel: string;
  readonly rows: number;
  readonly value: string;
  readonly disabled: boolean;
  readonly onText: (text: string) => void;
}

/** A file is read in this window, or its text is typed, scanned or pasted; main and the page never have it. */
export function FileField({ id, label, textLabel, rows, value, disabled, onText }: FileFieldProps) {
  const [unread, setUnread] = useState(false);
  const read = (event: ChangeEvent<HTMLInputElement>) => {
    setUnread(false);
    event.target.files?.[0]?.text().then(onText, () => setUnread(true));
  };
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{label}</label>
        <input id={id} type="file" disabled={disabled} onChange={read} />
        {unread ? (
          <p className="field-error" role="alert">
            This file cannot be read.
          </p>
        ) : null}
      </div>
      <LongText
        id={`${id}-text`}
        label={textLabel}
        rows={rows}
        value={value}
        disabled={disabled}
        onChange={onText}
      />
    </>
  );
}

import { useEffect, useRef, useState } from 'react';
import { Input } from '../../ui/field.tsx';

/** A pause in typing, after which the service is asked. */
const TYPING_MS = 250;

interface TextFilterProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly className: string;
  readonly inputRef?: React.Ref<HTMLInputElement>;
  readonly maxLength?: number;
}

/** A text filter that waits for a pause before it asks. */
export function TextFilter(props: TextFilterProps) {
  const { label, placeholder, value, onText, className, inputRef, maxLength = 100 } = props;
  const [text, setText] = useState(value);
  const latest = useRef(onText);
  latest.current = onText;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => latest.current(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <Input
      ref={inputRef}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={text}
      maxLength={maxLength}
      spellCheck={false}
      onChange={(event) => setText(event.target.value)}
      className={className}
    />
  );
}

import { useId } from 'react';
import { cx } from './cx.ts';
import { ChevronIcon } from './icons.tsx';

const CONTROL =
  'h-8 rounded-sm border border-line-strong bg-canvas px-2 text-body text-ink placeholder:text-faint ' +
  'aria-[invalid=true]:border-bad disabled:opacity-60';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly children: (aria: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean;
  }) => React.ReactNode;
}

/** A label, its control and the sentence that says what is expected or what is wrong. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-small font-medium text-soft">
        {label}
      </label>
      {children({ id, 'aria-describedby': note ? `${id}-note` : undefined, 'aria-invalid': Boolean(error) })}
      {note ? (
        <p id={`${id}-note`} className={cx('text-small', error ? 'text-bad' : 'text-faint')}>
          {note}
        </p>
      ) : null}
    </div>
  );
}

type InputProps = React.ComponentPropsWithRef<'input'>;

export const Input = ({ className, ...rest }: InputProps) => (
  <input className={cx(CONTROL, className ?? 'w-full')} {...rest} />
);

type SelectProps = Omit<React.ComponentPropsWithRef<'select'>, 'onChange'> & {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onValue: (value: string) => void;
};

/** The system's own list: it needs no script, no portal and no style of ours. */
export const Select = ({ className, options, onValue, ...rest }: SelectProps) => (
  <span className={cx('relative inline-block', className ?? 'w-full')}>
    <select
      className={cx(CONTROL, 'w-full appearance-none pr-7')}
      onChange={(event) => onValue(event.target.value)}
      {...rest}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
    <span className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-2 text-faint">
      <ChevronIcon size={12} />
    </span>
  </span>
);

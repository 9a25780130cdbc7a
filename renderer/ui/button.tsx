import { cx } from './cx.ts';

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'link' | 'danger';

const KIND: Record<ButtonKind, string> = {
  primary: 'bg-accent-fill text-on-accent hover:bg-accent-fill-hover',
  plain: 'border border-line-strong text-ink hover:bg-hover',
  quiet: 'text-soft hover:bg-hover hover:text-ink',
  link: 'text-accent hover:bg-hover',
  danger: 'bg-bad-fill text-on-bad hover:bg-bad-fill-hover',
};

type ButtonProps = React.ComponentPropsWithRef<'button'> & {
  readonly kind?: ButtonKind;
  /** Icon-only and in-row buttons. */
  readonly small?: boolean;
};

export function Button({ kind = 'plain', small = false, className, type, ...rest }: ButtonProps) {
  return (
    <button
      type={type ?? 'button'}
      className={cx(
        'inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-sm font-medium',
        'disabled:cursor-not-allowed disabled:opacity-50',
        small ? 'h-6 px-2 text-small' : 'h-8 px-3 text-body',
        KIND[kind],
        className,
      )}
      {...rest}
    />
  );
}

interface SegmentProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

/** One choice of few, all of them in sight. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentProps<T>) {
  return (
    <fieldset className="inline-flex rounded-sm border border-line-strong p-px">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={cx(
            'h-6 rounded-[3px] px-2.5 text-small',
            option.value === value
              ? 'bg-selected font-medium text-ink'
              : 'text-soft hover:bg-hover hover:text-ink',
          )}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}

import { Field, Input } from '../../ui/field.tsx';

/** The service's own rule: a reason is said, and fits a line of the ledger. */
const REASON_MAX = 500;

interface ReasonProps {
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly touched: boolean;
  readonly disabled: boolean;
  readonly placeholder: string;
}

/** Why something is ended: the ledger keeps it beside the name of whoever signs. */
export const ReasonField = ({ value, onText, touched, disabled, placeholder }: ReasonProps) => (
  <div className="px-5">
    <Field
      label="Reason"
      hint="Goes into the ledger with your name."
      error={touched && value.trim() === '' ? 'Say why: the ledger keeps it.' : undefined}
    >
      {(aria) => (
        <Input
          {...aria}
          autoFocus
          value={value}
          maxLength={REASON_MAX}
          disabled={disabled}
          placeholder={placeholder}
          onChange={(event) => onText(event.target.value)}
        />
      )}
    </Field>
  </div>
);

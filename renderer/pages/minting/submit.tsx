import { ACTIVATION_MODES } from '../../../shared/http/minting.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Input, Select } from '../../ui/field.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { EMPTY_ORDER, type OrderField, orderBodyOf, orderProblems, type TypedOrder } from './order.ts';
import { useAct } from './use-minting.ts';

interface Typed {
  readonly name: OrderField;
  readonly label: string;
  readonly hint: string;
  readonly most: number;
  readonly wide?: boolean;
}

const FIELDS: readonly Typed[] = [
  { name: 'batchName', label: 'Batch', hint: 'Names the batch on every card.', most: 100 },
  { name: 'quantity', label: 'Quantity', hint: '1 to 1,000,000 tokens', most: 7 },
  {
    ...{ name: 'serialPattern', label: 'Serial pattern', hint: 'ACME-{n:6}: one number of fixed width' },
    most: 64,
  },
  {
    ...{ name: 'firstNumber', label: 'First number', hint: 'Empty: behind the last of the same pattern' },
    most: 12,
  },
  { name: 'productName', label: 'Product', hint: 'Shown to whoever scans.', most: 100 },
  {
    ...{ name: 'gtin', label: 'GTIN', hint: 'Optional; serials then have at most 17 characters.' },
    most: 14,
  },
  {
    ...{ name: 'description', label: 'Description', hint: 'Optional; shown to whoever scans.' },
    ...{ most: 500, wide: true },
  },
  {
    ...{ name: 'url', label: 'More about it', hint: 'Optional https address; the scan page links to it.' },
    ...{ most: 300, wide: true },
  },
];

const MODES = ACTIVATION_MODES.map((value) => ({ value, label: value.replace('_', ' ') }));
const MODE_HINT: Readonly<Record<string, string>> = {
  none: 'Every token is active from the start.',
  manual: 'A member activates each token on this screen.',
  first_scan: 'The first scan by a person activates a token.',
};

interface FieldsProps {
  readonly typed: TypedOrder;
  readonly problems: Partial<Record<OrderField, string>>;
  readonly disabled: boolean;
  readonly onTyped: (typed: TypedOrder) => void;
  readonly children: React.ReactNode;
}

const Fields = ({ typed, problems, disabled, onTyped, children }: FieldsProps) => (
  <div className="grid grid-cols-2 gap-3 px-5">
    {FIELDS.map(({ name, label, hint, most, wide }) => (
      <div key={name} className={wide ? 'col-span-2' : undefined}>
        <Field label={label} hint={hint} error={problems[name]}>
          {(aria) => (
            <Input
              {...aria}
              autoFocus={name === 'batchName'}
              value={typed[name]}
              disabled={disabled}
              maxLength={most}
              onChange={(event) => onTyped({ ...typed, [name]: event.target.value })}
            />
          )}
        </Field>
      </div>
    ))}
    {children}
  </div>
);

interface SubmitProps {
  readonly brandId: string;
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Orders a batch of tokens: the order is signed by the operator and sent with the member's session. */
export function SubmitJob({ brandId, blocked, onClose, onDone }: SubmitProps) {
  const draft = useDraft('minting.submit', brandId, { ...EMPTY_ORDER, activation: 'first_scan' });
  const { activation, ...typed } = draft.typed;
  const { action, run } = useAct();
  const body = orderBodyOf(brandId, activation, typed);
  const problems = orderProblems(body);
  const isGood = Object.keys(problems).length === 0;
  if (action.state === 'done')
    return (
      <SignedDone title="Batch ordered" onClose={onClose} testId="submit-done">
        <p className="px-5 py-4 text-body">A worker takes it as soon as one is free. The table shows it.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      {...{ blocked, action, draft, onClose }}
      wide
      title="Order a batch"
      description="So many genuine tokens of this brand come into being."
      testId="submit-form"
      onSign={isGood ? () => run('mint.submit', { body }) : null}
      onAttempted={onDone}
      sign="Sign and order"
      summary={<SigningSummary route="mint.submit" body={body} />}
    >
      {({ touched, running }) => (
        <Fields typed={typed} problems={touched ? problems : {}} disabled={running} onTyped={draft.type}>
          <Field label="Activation" hint={MODE_HINT[activation]}>
            {(aria) => (
              <Select
                {...aria}
                value={activation}
                options={MODES}
                onValue={(value) => draft.type({ activation: value })}
              />
            )}
          </Field>
        </Fields>
      )}
    </SignedForm>
  );
}

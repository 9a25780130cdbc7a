import { useState } from 'react';
import { ACTIVATION_MODES } from '../../../shared/http/minting.ts';
import { ROUTES } from '../../../shared/http/table.ts';
import { Field, Input, Select } from '../../ui/field.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useAct } from './use-minting.ts';

type Name = 'batchName' | 'quantity' | 'serialPattern' | 'productName';
interface Typed {
  readonly name: Name;
  readonly label: string;
  readonly hint: string;
  readonly wrong: string;
}

const FIELDS: readonly Typed[] = [
  { name: 'batchName', label: 'Batch', hint: 'Names the batch on every card.', wrong: 'Name the batch.' },
  { name: 'quantity', label: 'Quantity', hint: '1 to 1,000,000 tokens', wrong: 'From 1 to 1,000,000.' },
  {
    ...{ name: 'serialPattern', label: 'Serial pattern', hint: 'ACME-{n:6}: one number of fixed width' },
    wrong: 'Literal characters around one number, like ACME-{n:6}.',
  },
  { name: 'productName', label: 'Product', hint: 'Shown to whoever scans.', wrong: 'Name the product.' },
];

const MODES = ACTIVATION_MODES.map((value) => ({ value, label: value.replace('_', ' ') }));
type Fields = Readonly<Record<Name, string>>;
const EMPTY: Fields = { batchName: '', quantity: '', serialPattern: '', productName: '' };

const isWrongAt = (path: PropertyKey | undefined, name: Name): boolean =>
  path === (name === 'productName' ? 'product' : name);

interface SubmitProps {
  readonly brandId: string;
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Orders a batch of tokens: the order is signed by the operator and sent with the member's session. */
export function SubmitJob({ brandId, blocked, onClose, onDone }: SubmitProps) {
  const [typed, setTyped] = useState<Fields>(EMPTY);
  const [activation, setActivation] = useState<string>('first_scan');
  const { action, run } = useAct();
  const { batchName, quantity, serialPattern, productName } = typed;
  const order = { brandId, batchName: batchName.trim(), quantity: Number(quantity), serialPattern };
  const body = { ...order, activation, product: { name: productName.trim() } };
  const parsed = ROUTES['mint.submit'].body.safeParse(body);
  if (action.state === 'done')
    return (
      <SignedDone title="Batch ordered" onClose={onClose} testId="submit-done">
        <p className="px-5 py-4 text-body">A worker takes it as soon as one is free. The table shows it.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      {...{ blocked, action, onClose }}
      wide
      title="Order a batch"
      description="So many genuine tokens of this brand come into being."
      testId="submit-form"
      onSign={parsed.success ? () => run('mint.submit', { body }) : null}
      onAttempted={onDone}
      sign="Sign and order"
      summary={<SigningSummary route="mint.submit" body={body} />}
    >
      {({ touched, running }) => (
        <div className="grid grid-cols-2 gap-3 px-5">
          {FIELDS.map(({ name, label, hint, wrong }) => {
            const bad = parsed.error?.issues.some(({ path }) => isWrongAt(path[0], name));
            return (
              <Field key={name} label={label} hint={hint} error={touched && bad ? wrong : undefined}>
                {(aria) => (
                  <Input
                    {...aria}
                    value={typed[name]}
                    disabled={running}
                    maxLength={100}
                    onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
                  />
                )}
              </Field>
            );
          })}
          <Field label="Activation" hint="none: active from the start">
            {(aria) => <Select {...aria} value={activation} options={MODES} onValue={setActivation} />}
          </Field>
        </div>
      )}
    </SignedForm>
  );
}

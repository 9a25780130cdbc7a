import { useState } from 'react';
import { ROUTES } from '../../../shared/http/table.ts';
import { formatUnits, parseUnits } from '../../../shared/money/units.ts';
import type { Action } from '../../bridge/use-action.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Amount, WalletAddress } from '../../ui/amount.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { Fact, Facts } from '../../ui/section.tsx';
import { DraftNote } from '../parts/draft-note.tsx';
import { SigningOutcome, SigningSummary } from '../parts/signing.tsx';
import { useGrant, useTransfer } from './use-wallets.ts';

export interface MoveProps {
  /** The wallet that somebody stood at. */
  readonly wallet?: string | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

interface Values {
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  readonly reason: string;
}
type Name = keyof Values;

/** The amount as it will be signed, with all its decimals; what is none stays as it was typed. */
function exact(amount: string): string {
  try {
    return formatUnits(parseUnits(amount.trim()));
  } catch {
    return amount.trim();
  }
}

interface Form {
  readonly route: 'treasury.transfer' | 'treasury.grant';
  readonly title: string;
  readonly description: string;
  readonly fields: readonly { readonly name: Name; readonly label: string; readonly hint?: string }[];
  readonly act: string;
}

const TRANSFER: Form = {
  route: 'treasury.transfer',
  title: 'Transfer credits',
  description: 'Corrects the books by one more transfer. What was entered is never changed.',
  fields: [
    { name: 'from', label: 'From', hint: 'tmu_…, tma_… or revenue' },
    { name: 'to', label: 'To', hint: 'tmu_…, tma_…, revenue or platform-loss' },
    { name: 'amount', label: 'Amount', hint: 'Credits, at most eight decimals.' },
    { name: 'reason', label: 'Reason', hint: 'Goes into the ledger with your name.' },
  ],
  act: 'Sign and transfer',
};

const GRANT: Form = {
  route: 'treasury.grant',
  title: 'Grant credits',
  description: 'Issues new credits to a wallet. A negative amount takes them back, never below zero.',
  fields: [
    { name: 'to', label: 'Wallet', hint: 'tmu_… or tma_…' },
    { name: 'amount', label: 'Amount', hint: 'Credits, at most eight decimals; negative to take back.' },
    { name: 'reason', label: 'Reason', hint: 'Goes into the ledger with your name.' },
  ],
  act: 'Sign and grant',
};

const WRONG: Record<Name, string> = {
  from: 'The address of a wallet, or revenue.',
  to: 'The address of another wallet.',
  amount: 'A decimal number that is not zero, with at most eight decimals.',
  reason: 'Say why: the ledger keeps it.',
};

/** What is wrong with a body, by field, as the service would say it. */
function wrongOf({ route }: Form, body: Partial<Values>): Partial<Record<Name, string>> {
  const wrong: Partial<Record<Name, string>> = {};
  const parsed = ROUTES[route].body.safeParse(body);
  for (const { path } of parsed.error?.issues ?? []) wrong[path[0] as Name] = WRONG[path[0] as Name];
  if (body.from !== undefined && body.from === body.to) wrong.to = WRONG.to;
  return wrong;
}

const Done = ({ transfer, onClose }: { readonly transfer: Values; readonly onClose: () => void }) => (
  <Dialog open title="Credits moved" onClose={onClose} testId="credits-moved">
    <div className="px-5 py-4">
      <Facts>
        <Fact label="From">
          <WalletAddress value={transfer.from} />
        </Fact>
        <Fact label="To">
          <WalletAddress value={transfer.to} />
        </Fact>
        <Fact label="Amount">
          <Amount value={transfer.amount} />
        </Fact>
      </Facts>
    </div>
    <DialogActions>
      <Button kind="primary" onClick={onClose}>
        Done
      </Button>
    </DialogActions>
  </Dialog>
);

interface SignedMoveProps extends Omit<MoveProps, 'wallet'> {
  readonly form: Form;
  readonly start: Partial<Values>;
  readonly action: Action<{ readonly body: { readonly transfer: Omit<Values, 'reason'> } }>;
  readonly run: (body: Values) => Promise<boolean>;
}

/** Asks, shows the amount as it will be signed beside the card's own decoding, and says what was entered. */
function SignedMove({ form, start, action, run, onClose, onDone }: SignedMoveProps) {
  const draft = useDraft(form.route, start.from ?? start.to ?? '', {
    ...{ from: '', to: '', amount: '', reason: '' },
    ...start,
  });
  const { typed: values } = draft;
  const [touched, setTouched] = useState(false);
  const running = action.state === 'running';
  const entered = { ...values, amount: exact(values.amount), reason: values.reason.trim() };
  const body = Object.fromEntries(form.fields.map(({ name }) => [name, entered[name].trim()]));
  const wrong = wrongOf(form, body);

  const close = (): void => {
    if (!running) draft.drop();
    onClose();
  };
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setTouched(true);
    if (Object.keys(wrong).length > 0) return;
    if (await run(body as unknown as Values)) draft.drop();
    onDone();
  };

  if (action.state === 'done')
    return <Done transfer={{ ...action.value.body.transfer, reason: '' }} onClose={onClose} />;
  return (
    <Dialog open wide title={form.title} description={form.description} onClose={close} testId="move-credits">
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4 pt-4" noValidate>
        <DraftNote draft={draft} disabled={running} />
        <div className="flex flex-col gap-3 px-5">
          {form.fields.map(({ name, label, hint }) => (
            <Field key={name} label={label} hint={hint} error={touched ? wrong[name] : undefined}>
              {(aria) => (
                <Input
                  {...aria}
                  autoFocus={name === form.fields.find((field) => !start[field.name])?.name}
                  value={values[name]}
                  maxLength={name === 'reason' ? 500 : 64}
                  disabled={running}
                  inputMode={name === 'amount' ? 'decimal' : 'text'}
                  spellCheck={name === 'reason'}
                  className={name === 'reason' ? 'w-full' : 'w-full font-mono'}
                  onChange={(event) => draft.type({ [name]: event.target.value })}
                />
              )}
            </Field>
          ))}
          {wrong.amount ? null : (
            <p className="text-right text-lead" data-testid="exact-amount">
              <Amount value={entered.amount} />
            </p>
          )}
        </div>
        <SigningSummary route={form.route} body={body} />
        <SigningOutcome action={action} />
        <DialogActions>
          <Button onClick={close}>{running ? 'Close' : 'Cancel'}</Button>
          <Button type="submit" kind="primary" disabled={running}>
            {running ? 'Waiting for your signature' : form.act}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

export function TransferCredits({ wallet, ...rest }: MoveProps) {
  const { action, run } = useTransfer();
  return (
    <SignedMove {...rest} form={TRANSFER} start={wallet ? { from: wallet } : {}} action={action} run={run} />
  );
}

export function GrantCredits({ wallet, ...rest }: MoveProps) {
  const { action, run } = useGrant();
  return <SignedMove {...rest} form={GRANT} start={wallet ? { to: wallet } : {}} action={action} run={run} />;
}

import { useState } from 'react';
import { ROUTES } from '../../../shared/http/table.ts';
import type { ModelPrice } from '../../../shared/http/tokenhall-admin.ts';
import { Field, Input, Select } from '../../ui/field.tsx';
import { formatUtc } from '../../ui/format.ts';
import { Banner } from '../../ui/message.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RemoteValue } from '../parts/remote.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { usePrices, useSetPrice } from './use-incidents.ts';

interface SetPriceProps {
  readonly blocked: string | null;
  readonly onClose: () => void;
}

const COSTS = [
  { name: 'input', label: 'Credits for a token of input' },
  { name: 'output', label: 'Credits for a token of output' },
] as const;

const isFuture = ({ effectiveFrom }: ModelPrice, now: number): boolean => Date.parse(effectiveFrom) > now;

/** The list has every price there was and will be, the newest first: of what is not future, the first of a model is in force. */
function inForce(all: readonly ModelPrice[], now: number): ModelPrice[] {
  const begun = all.filter((one) => !isFuture(one, now));
  return begun.filter(({ model }, index) => begun.findIndex((one) => one.model === model) === index);
}

/** What a price that is set now lasts until. */
function Later({ all, model, now }: Pick<FormProps, 'all' | 'now'> & { readonly model: string }) {
  const next = all.findLast((one) => one.model === model && isFuture(one, now));
  if (!next) return null;
  return (
    <Banner tone="warn" testId="price-later">
      Another price of {model} is set for later: {next.input} and {next.output}, from{' '}
      {formatUtc(new Date(next.effectiveFrom))}. It replaces this one then.
    </Banner>
  );
}

interface FormProps extends SetPriceProps {
  readonly all: readonly ModelPrice[];
  readonly now: number;
}

function Form({ all, now, blocked, onClose }: FormProps) {
  const prices = inForce(all, now);
  // No alert names a model, so whoever signs chooses it: the first of a list is as good as a wrong one.
  const [price, setPrice] = useState({ model: '', input: '', output: '' });
  const { action, run } = useSetPrice();
  const { model, input, output } = price;
  const mediaTokens = prices.find((one) => one.model === model)?.mediaTokens ?? null;
  const body = { model, input: input.trim(), output: output.trim(), mediaTokens };
  const parsed = ROUTES['prices.set'].body.safeParse(body);
  const isWrong = (name: keyof typeof body) =>
    parsed.error?.issues.some(({ path }) => path[0] === name) === true;
  if (action.state === 'done')
    return (
      <SignedDone title="The price is set" testId="set-price-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          {model} is charged like this from now on. What was charged before stays as it was.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      wide
      title="Set the price of a model"
      description="Every generation with it is charged and held by this from now on."
      testId="set-price"
      action={action}
      onSign={parsed.success ? () => run(body) : null}
      onClose={onClose}
      sign="Sign and set"
      cancel="Keep the price"
      blocked={blocked}
      summary={<SigningSummary route="prices.set" body={body} />}
    >
      {({ touched, running }) => (
        <div className="flex flex-col gap-4 px-5">
          <Field
            label="Model"
            error={touched && isWrong('model') ? 'Choose the model that the alert is about.' : undefined}
          >
            {(aria) => (
              <Select
                {...aria}
                value={model}
                options={[
                  ...(model === '' ? [{ value: '', label: 'Choose the model' }] : []),
                  ...prices.map((one) => ({ value: one.model, label: one.model })),
                ]}
                disabled={running}
                onValue={(value) => setPrice(prices.find((one) => one.model === value) ?? price)}
              />
            )}
          </Field>
          <Later all={all} model={model} now={now} />
          {COSTS.map(({ name, label }) => (
            <Field
              key={name}
              label={label}
              error={
                touched && isWrong(name)
                  ? 'A number above zero and at most 10, with at most eight decimals.'
                  : undefined
              }
            >
              {(aria) => (
                <Input
                  {...aria}
                  inputMode="decimal"
                  value={price[name]}
                  disabled={running}
                  onChange={(event) => setPrice({ ...price, [name]: event.target.value })}
                />
              )}
            </Field>
          ))}
        </div>
      )}
    </SignedForm>
  );
}

/** Corrects what a model costs; a model that nobody has priced yet is not the one that cost too much. */
export function SetPrice(props: SetPriceProps) {
  const now = useNow();
  return (
    <RemoteValue
      remote={usePrices()}
      what="the prices of models"
      skeleton={<SkeletonRows rows={2} waitingFor="the prices of models" />}
    >
      {({ prices }) => <Form {...props} all={prices} now={now} />}
    </RemoteValue>
  );
}

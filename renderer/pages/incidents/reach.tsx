import type { Reach, Stolen } from '../../../shared/http/containment.ts';
import { useStores } from '../../stores/stores.tsx';
import { Amount, WalletAddress } from '../../ui/amount.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { ACTION_WORD, KIND_WORD } from './words.ts';

/** A good credential is the dangerous one. */
const TONE = { active: 'bad', expired: 'idle', revoked: 'ok' } as const;

interface HeadProps {
  readonly stolen: Stolen;
  readonly action: React.ReactNode;
}

export function StolenHead({ stolen, action }: HeadProps) {
  const { ui } = useStores();
  const { kind, name, state, becomes, advice, id } = stolen;
  return (
    <Section
      title={`${KIND_WORD[kind]}: ${name}`}
      testId="stolen"
      aside={
        <span className="flex items-center gap-2">
          {kind === 'operator' ? (
            <Button small onClick={() => ui.go('operators')}>
              Revoke the operator
            </Button>
          ) : null}
          {action}
        </span>
      }
    >
      <Facts>
        <Fact label="State">
          <State tone={TONE[state]} word={state === 'active' ? 'good: it opens doors now' : state} />
        </Fact>
        <Fact label="Id">
          <code className="select-all font-mono text-small">{id}</code>
        </Fact>
        <Fact label="It can make">
          {becomes.length > 0 ? becomes.map((made) => KIND_WORD[made]).join(', ') : 'nothing'}
        </Fact>
        {advice.map((sentence) => (
          <Fact key={sentence} label="Also">
            <span className="text-warn">{sentence}</span>
          </Fact>
        ))}
      </Facts>
    </Section>
  );
}

/** The figure that matters, with what bounds it. No bound is said as none, never as a large number. */
export function PossibleSpend({ spend }: { readonly spend: Stolen['spend'] }) {
  const { ui } = useStores();
  return (
    <Section title="It could spend" testId="stolen-spend">
      <p className="py-2 font-semibold text-title">
        {spend.credits === null ? (
          <State tone="bad" word="no figure bounds it" />
        ) : (
          <>
            <Amount value={spend.credits} /> <span className="font-normal text-lead text-soft">credits</span>
          </>
        )}
        {spend.signatures > 0 ? (
          <span className="ml-4 font-normal text-body text-soft">
            and {formatCount(spend.signatures)} payments of the payer
          </span>
        ) : null}
      </p>
      <ul className="flex flex-col gap-1 pb-2 text-body text-ink-soft">
        {spend.because.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {spend.wallets.map(({ address, available }) => (
          <li key={address} className="flex items-center gap-3">
            <WalletAddress value={address} short /> <Amount value={available} />
            <Button small aria-label={`Open ${address}`} onClick={() => ui.showWallet(address)}>
              Open
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What one signature would revoke now: the numbers are those of this moment, the sets are what is emptied. */
export function RevocationPlan({ stolen: { plan } }: { readonly stolen: Stolen }) {
  return (
    <Section title="Revocation plan" testId="stolen-plan" aside="a dry run: nothing is changed by looking">
      {plan.length > 0 ? (
        <ol className="flex flex-col">
          {plan.map((step, index) => (
            <li
              key={`${step.action} ${step.target}`}
              data-testid="plan-step"
              className="flex min-h-8 items-center gap-3 border-line border-b text-body"
            >
              <span className="w-[2ch] text-faint tabular-nums">{index + 1}</span>
              <span className="flex-1">
                {ACTION_WORD[step.action]}
                {step.since ? <span className="text-faint"> made since {step.since}</span> : null}
              </span>
              <code className="font-mono text-faint text-small">{step.target}</code>
              <span className="w-[10ch] text-right font-semibold tabular-nums">
                {formatCount(step.count)}
              </span>
            </li>
          ))}
        </ol>
      ) : (
        <p className="py-3 text-body text-soft">No route revokes it. Do what is said above.</p>
      )}
    </Section>
  );
}

const COLUMNS: Column<Reach>[] = [
  {
    id: 'path',
    header: 'Request',
    accessorFn: (reach) => reach.path,
    cell: ({ row }) => (
      <code className="font-mono text-small">
        {row.original.method} {row.original.path}
      </code>
    ),
  },
  { id: 'summary', header: 'What it does', accessorFn: (reach) => reach.summary },
  {
    id: 'effect',
    header: 'Effect',
    accessorFn: (reach) => reach.effect,
    meta: { className: 'whitespace-nowrap' },
    cell: ({ row: { original } }) =>
      original.proposes ? (
        <State tone="warn" word="proposes only" />
      ) : (
        <State tone={original.effect === 'mutate' ? 'bad' : 'idle'} word={original.effect} />
      ),
  },
];

/** Every route that it opens and that nobody opens without a credential. */
export const ReachTable = ({ stolen: { reach } }: { readonly stolen: Stolen }) => (
  <Section title="It reaches" testId="stolen-reach" aside={`${formatCount(reach.length)} routes`}>
    {reach.length > 0 ? (
      <DataTable
        label="Routes that it opens"
        rows={reach}
        columns={COLUMNS}
        rowId={(one) => one.route}
        rowTestId="reach-row"
        initialSort={[{ id: 'effect', desc: false }]}
      />
    ) : (
      <p className="py-3 text-body text-soft">It opens no route.</p>
    )}
  </Section>
);

import { useState } from 'react';
import type { MintJob } from '../../../shared/http/mint-jobs.ts';
import type { MintToken } from '../../../shared/http/mint-tokens.ts';
import { TOKEN_STATES, type TokenState } from '../../../shared/http/minting.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Select } from '../../ui/field.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import type { Act } from './act.tsx';
import { TOKEN_SIGN, useTokens } from './use-minting.ts';

/** What may be done with a token next; one that was replaced is at its end. */
function actsOn({ id, serial, state, activation, replacedBy }: MintToken): Act[] {
  const about = { params: { token: id }, body: { serial } };
  const end: Act = {
    ...{ ...about, route: 'mint.void', title: `Void ${serial}`, sign: 'Sign and void for ever' },
    ...{ says: 'Whoever scans it is told that it is void.', danger: true, withReason: true },
  };
  const activate: Act = {
    ...{ ...about, route: 'mint.activate', title: `Activate ${serial}`, sign: 'Sign and activate' },
    says: 'Whoever scans it is told that it is genuine and in use.',
  };
  const reissue: Act = {
    ...{ ...about, route: 'mint.reissue', title: `Re-issue ${serial}`, sign: 'Sign and re-issue' },
    says: 'One genuine token comes into being in its place. Its code is in every export that is ordered from then on.',
  };
  if (state === 'voided') return replacedBy === null ? [reissue] : [];
  return state === 'issued' && activation === 'manual' ? [activate, end] : [end];
}

interface TokensProps {
  readonly job: MintJob;
  readonly whyNot: string | null;
  readonly onAct: (act: Act) => void;
}

const tokenColumns = (whyNot: string | null, onAct: (act: Act) => void): Column<MintToken>[] => [
  { id: 'position', header: 'Position', accessorFn: (t) => t.position },
  { id: 'serial', header: 'Serial', accessorFn: (t) => t.serial, meta: { className: 'font-mono' } },
  {
    ...{ id: 'state', header: 'State', accessorFn: (t) => t.state },
    cell: ({ row }) => <State {...TOKEN_SIGN[row.original.state]} />,
  },
  {
    ...{ id: 'act', header: '', enableSorting: false, meta: { className: 'text-right' } },
    cell: ({ row }) => {
      const acts = actsOn(row.original);
      if (acts.length === 0) return <span className="text-faint">replaced</span>;
      return (
        <span className="inline-flex gap-2">
          {acts.map((act) => (
            <Button
              key={act.route}
              small
              disabled={whyNot !== null}
              title={whyNot ?? undefined}
              onClick={() => onAct(act)}
            >
              {act.title}
            </Button>
          ))}
        </span>
      );
    },
  },
];

const STATES = [
  { value: '', label: 'all states' },
  ...TOKEN_STATES.map((value) => ({ value, label: `only ${value}` })),
];

/** Tokens by position, a page at a time; a code is never among what is shown. */
export function Tokens({ job, whyNot, onAct }: TokensProps) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [state, setState] = useState<TokenState | null>(null);
  const tokens = useTokens(job.id, cursors.at(-1) ?? null, state);
  const next = tokens.data?.nextCursor ?? null;
  const choose = (value: string) => {
    setState(value === '' ? null : (value as TokenState));
    setCursors([]);
  };
  return (
    <Section
      title="Tokens"
      testId="tokens"
      aside={
        <span className="flex items-center gap-3">
          by position; codes are never shown
          <Select
            aria-label="Tokens shown"
            className="w-[140px]"
            value={state ?? ''}
            options={STATES}
            onValue={choose}
          />
        </span>
      }
    >
      <RemoteValue
        remote={tokens}
        what="the tokens"
        skeleton={<SkeletonRows rows={3} waitingFor="the tokens" />}
      >
        {(data) =>
          data.tokens.length === 0 ? (
            <p className="py-2 text-small text-soft" data-testid="no-tokens">
              {state === null ? 'No token is minted yet.' : `No token of this batch is ${state}.`}
            </p>
          ) : (
            <DataTable
              label="Tokens"
              rows={data.tokens}
              columns={tokenColumns(whyNot, onAct)}
              rowId={(t) => t.id}
              rowTestId="token-row"
            />
          )
        }
      </RemoteValue>
      <div className="flex gap-2 py-2">
        <Button small disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
          Earlier
        </Button>
        <Button
          small
          disabled={next === null}
          onClick={() => (next === null ? undefined : setCursors([...cursors, next]))}
        >
          Later
        </Button>
      </div>
    </Section>
  );
}

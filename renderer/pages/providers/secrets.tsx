import { useState } from 'react';
import {
  type ProviderSecret,
  SECRET_SCOPES,
  type SecretRootsState,
} from '../../../shared/http/provider-secrets.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { Banner, EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { DeleteSecret } from './delete-secret.tsx';
import { Order } from './order.tsx';
import { RootActDialog } from './root-act.tsx';
import { Roots } from './roots.tsx';
import { SecretTable } from './secret-table.tsx';
import { StoreSecret } from './store-secret.tsx';
import { type RootAct, SCOPE_WORD, type SecretFilter, type useRoots, useSecrets } from './use-secrets.ts';

const SCOPES = [
  { value: 'all', label: 'All' },
  ...SECRET_SCOPES.map((scope) => ({ value: scope, label: SCOPE_WORD[scope] })),
] as const;

type Asked =
  | { readonly kind: 'store' }
  | { readonly kind: 'delete'; readonly target: ProviderSecret }
  | { readonly kind: 'root'; readonly act: RootAct; readonly version: number };

const unreadableOf = ({ roots }: SecretRootsState): number =>
  roots.reduce((sum, root) => sum + root.unreadable, 0);

const Unreadable = ({ count }: { readonly count: number }) => (
  <Banner tone="bad" role="alert" testId="unreadable">
    {formatCount(count)} {count === 1 ? 'secret does' : 'secrets do'} not open: a root is missing, or somebody
    changed the rows. Requests that need one fail. Look at the ledger, then have it stored again or delete it.
  </Banner>
);

interface FilterProps {
  readonly filter: SecretFilter;
  readonly state: SecretRootsState;
  readonly onFilter: (filter: SecretFilter) => void;
}

const Filter = ({ filter, state, onFilter }: FilterProps) => (
  <span className="flex items-center gap-3">
    <Select
      aria-label="Root version"
      className="w-[140px]"
      value={String(filter.rootVersion ?? '')}
      options={[
        { value: '', label: 'Every root' },
        ...state.roots.map(({ version }) => ({ value: String(version), label: `Root ${version}` })),
      ]}
      onValue={(value) => onFilter({ ...filter, rootVersion: value === '' ? null : Number(value) })}
    />
    <Segments
      label="Scope"
      value={filter.scope}
      options={SCOPES}
      onChange={(scope) => onFilter({ ...filter, scope })}
    />
  </span>
);

interface ListProps {
  readonly secrets: ReturnType<typeof useSecrets>;
  readonly whyNotDelete: string | null;
  readonly store: React.ReactNode;
  readonly onDelete: (target: ProviderSecret) => void;
}

const List = ({ secrets, whyNotDelete, store, onDelete }: ListProps) => (
  <RemoteValue
    remote={secrets}
    what="the list of provider secrets"
    skeleton={<SkeletonRows rows={6} waitingFor="the list of provider secrets" />}
  >
    {(list) => (
      <div className="flex flex-col gap-4">
        {list.secrets.length > 0 ? (
          <SecretTable secrets={list.secrets} whyNotDelete={whyNotDelete} onDelete={onDelete} />
        ) : (
          <EmptyState testId="empty" title="No secret is stored here" actions={store}>
            <p>
              Accounts and agents bring their own through the API. Store the platform’s for everybody who
              brings none.
            </p>
          </EmptyState>
        )}
        {list.nextCursor ? (
          <p className="text-faint text-small">These are the newest. Narrow the list to see others.</p>
        ) : null}
        <Order alwaysMineAccounts={list.alwaysMineAccounts} />
      </div>
    )}
  </RemoteValue>
);

/** The secrets half of the screen: versions and their rotation, the order of fallback, and every secret. */
export function Secrets({ roots }: { readonly roots: ReturnType<typeof useRoots> }) {
  const [filter, setFilter] = useState<SecretFilter>({ scope: 'all', rootVersion: null });
  const [asked, setAsked] = useState<Asked | null>(null);
  const secrets = useSecrets(filter);
  const enrolment = useEnrolment().data;
  const whyNotStore = whyNotSign(enrolment, 'provider-secrets.set-platform');
  const ask = (act: RootAct) => (version: number) => setAsked({ kind: 'root', act, version });
  const close = () => setAsked(null);
  const reload = () => {
    secrets.retry();
    roots.retry();
  };
  const store = (
    <Button
      kind="primary"
      small
      disabled={whyNotStore !== null}
      title={whyNotStore ?? undefined}
      onClick={() => setAsked({ kind: 'store' })}
    >
      Store a platform secret
    </Button>
  );
  return (
    <div className="flex flex-col gap-4">
      <RemoteValue
        remote={roots}
        what="the roots of provider secrets"
        skeleton={<SkeletonRows rows={6} waitingFor="the roots of provider secrets" />}
      >
        {(state) => (
          <>
            {unreadableOf(state) > 0 ? <Unreadable count={unreadableOf(state)} /> : null}
            <Roots
              state={state}
              whyNotRotate={whyNotSign(enrolment, 'secret-roots.rotate')}
              whyNotRetire={whyNotSign(enrolment, 'secret-roots.retire')}
              onRotate={ask('rotate')}
              onRetire={ask('retire')}
            />
            <Section
              title="Secrets"
              aside={
                <span className="flex items-center gap-3">
                  <Filter filter={filter} state={state} onFilter={setFilter} />
                  {secrets.data?.secrets.length === 0 ? null : store}
                </span>
              }
            >
              <List
                secrets={secrets}
                whyNotDelete={whyNotSign(enrolment, 'provider-secrets.delete')}
                store={store}
                onDelete={(target) => setAsked({ kind: 'delete', target })}
              />
            </Section>
          </>
        )}
      </RemoteValue>
      {asked?.kind === 'store' ? <StoreSecret onClose={close} onStored={reload} /> : null}
      {asked?.kind === 'delete' ? (
        <DeleteSecret target={asked.target} onClose={close} onDeleted={reload} />
      ) : null}
      {asked?.kind === 'root' ? <RootActDialog {...asked} onClose={close} onDone={reload} /> : null}
    </div>
  );
}

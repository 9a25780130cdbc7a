import { useEffect, useState } from 'react';
import type { ApiKey } from '../../../shared/http/keys.ts';
import { useStores, useUi } from '../../stores/stores.tsx';
import { Button, Segments } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EnrolmentCall, useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { CreateKey } from './create.tsx';
import { RevokeKey } from './revoke.tsx';
import { KeyTable } from './table.tsx';
import { type KeyState, useKeys } from './use-keys.ts';

const STATES = [
  { value: 'active', label: 'Active' },
  { value: 'revoked', label: 'Revoked' },
  { value: 'all', label: 'All' },
] as const;

const EMPTY_TITLE: Record<KeyState, string> = {
  active: 'No key is active',
  revoked: 'No key was ever revoked',
  all: 'There is no key yet',
};

export function KeysPage() {
  const { ui } = useStores();
  const intent = useUi((s) => s.intent);
  const [state, setState] = useState<KeyState>('active');
  const [dialog, setDialog] = useState<'create' | ApiKey | null>(null);
  const keys = useKeys(state);
  const enrolment = useEnrolment().data;
  const whyNotCreate = whyNotSign(enrolment, 'keys.create');

  useEffect(() => {
    if (intent !== 'create-key' || enrolment === undefined) return;
    if (whyNotCreate === null) setDialog('create');
    ui.takeIntent();
  }, [intent, enrolment, whyNotCreate, ui]);

  const create = (
    <Button
      kind="primary"
      disabled={whyNotCreate !== null}
      title={whyNotCreate ?? undefined}
      onClick={() => setDialog('create')}
    >
      Create key
    </Button>
  );
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      <PageHeader
        title="Keys"
        note={<Freshness remote={keys} pace="every 3 s" />}
        actions={
          <>
            <EnrolmentCall enrolment={enrolment} />
            {create}
          </>
        }
      />
      <div className="flex items-center gap-3">
        <Segments label="Which keys" value={state} options={STATES} onChange={setState} />
        <span className="text-faint text-small">
          {keys.data
            ? `${formatCount(keys.data.keys.length)} shown${keys.data.nextCursor ? ', the newest' : ''}`
            : ''}
        </span>
      </div>
      <RemoteValue
        remote={keys}
        what="the list of keys"
        skeleton={<SkeletonRows rows={8} waitingFor="the list of keys" />}
      >
        {(list) =>
          list.keys.length > 0 ? (
            <KeyTable
              keys={list.keys}
              whyNotRevoke={whyNotSign(enrolment, 'keys.revoke')}
              onRevoke={setDialog}
              onStolen={({ family, id }) =>
                ui.showIncidents({ tab: 'stolen', credential: { kind: family, id } })
              }
            />
          ) : (
            <EmptyState
              testId="empty"
              title={EMPTY_TITLE[state]}
              actions={state === 'revoked' ? null : create}
            >
              <p>
                {state === 'revoked'
                  ? 'A revoked key stays in this list with the reason for which it was revoked.'
                  : 'Whoever holds a key can call the inference API. Create one, or let the simulator create its own.'}
              </p>
            </EmptyState>
          )
        }
      </RemoteValue>
      {dialog === 'create' ? <CreateKey onClose={() => setDialog(null)} onCreated={keys.retry} /> : null}
      {dialog !== null && dialog !== 'create' ? (
        <RevokeKey target={dialog} onClose={() => setDialog(null)} onRevoked={keys.retry} />
      ) : null}
    </div>
  );
}

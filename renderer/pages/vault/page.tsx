import { useVault } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { IdleMinutes } from '../parts/idle.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { Items } from './items.tsx';
import { Protection } from './protection.tsx';
import { Recovery } from './recovery.tsx';
import { useContents, useTask, useUses } from './use-vault.ts';
import { Uses } from './uses.tsx';

/** The open vault without its values: they are typed and shown in windows of the keeper’s own. */
export function VaultPage() {
  const contents = useContents();
  const uses = useUses();
  const status = useVault().status;
  const { action, run: open } = useTask();
  return (
    <div className="flex flex-col gap-6 p-(--page)">
      <PageHeader
        title="Vault"
        note={<Freshness remote={contents} pace="every 2 s" />}
        actions={
          <>
            <Button onClick={() => void open({ task: 'import' })}>Import</Button>
            <Button kind="primary" onClick={() => void open({ task: 'add' })}>
              Add a secret
            </Button>
          </>
        }
      />
      {action.state === 'failed' ? <Banner tone="bad">{action.error.message}</Banner> : null}
      <RemoteValue
        remote={contents}
        what="the contents of the vault"
        skeleton={<SkeletonRows rows={8} waitingFor="the contents of the vault" />}
      >
        {(data) => (
          <>
            <Protection contents={data} status={status} />
            <Items items={data.items} open={open} />
            <Recovery contents={data} open={open} />
          </>
        )}
      </RemoteValue>
      <RemoteValue
        remote={uses}
        what="the journal of uses"
        skeleton={<SkeletonRows rows={4} waitingFor="the journal of uses" />}
      >
        {(data) => <Uses uses={data} />}
      </RemoteValue>
      <IdleMinutes />
    </div>
  );
}

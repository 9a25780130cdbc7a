import type { LimitsState } from '../../../shared/http/limits.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { Banner, EmptyState } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { Skeleton, SkeletonRows } from '../../ui/skeleton.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { Figures, Rules } from './figures.tsx';
import { Heartbeats } from './heartbeats.tsx';
import { History } from './history.tsx';
import { ReplayLimit } from './replay.tsx';
import { useLimits } from './use-limits.ts';
import { TopTalkers, Windows } from './windows.tsx';

const MODE_SAYS: Record<LimitsState['mode'], string> = {
  process: 'counted in this process',
  redis: 'counted in Redis',
  degraded: 'degraded',
};

const LimitsSkeleton = () => (
  <div className="flex flex-col gap-4">
    <div className="h-[98px] border-line border-y py-4">
      <Skeleton className="h-8 w-40" />
    </div>
    <div className="h-[268px]" />
    <SkeletonRows rows={6} waitingFor="the state of the limiter" />
  </div>
);

function Nothing() {
  const { ui } = useStores();
  return (
    <EmptyState
      testId="empty"
      title="No request has come yet"
      actions={
        <>
          <Button kind="primary" onClick={() => ui.go('operators', 'invite')}>
            Set up the simulator
          </Button>
          <Button onClick={() => ui.go('keys', 'create-key')}>Create a key</Button>
        </>
      }
    >
      <p>
        Requests to the public API are counted here as they come. Let the simulator play traffic, or call the
        API with a key of your own.
      </p>
    </EmptyState>
  );
}

function Limits({ state }: { readonly state: LimitsState }) {
  const { allowed, refused } = state.totals;
  return (
    <div className="flex flex-col gap-4">
      {state.mode === 'degraded' ? (
        <Banner tone="warn" role="alert" testId="limits-degraded">
          The limiter lost Redis and counts in each process alone; every answer says{' '}
          <code className="font-mono">X-RateLimit-Mode: degraded</code>. Limits still hold, per process; look
          at Redis.
        </Banner>
      ) : null}
      {allowed + refused === 0 ? (
        <Nothing />
      ) : (
        <>
          <Figures state={state} />
          <History state={state} />
          <div className="grid grid-cols-1 gap-x-8 gap-y-4 min-[1560px]:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <Windows windows={state.windows} />
            <div className="flex flex-col gap-4">
              <TopTalkers windows={state.windows} />
              <Rules state={state} />
            </div>
          </div>
          <ReplayLimit />
        </>
      )}
      <Heartbeats />
    </div>
  );
}

export function LimitsPage() {
  const limits = useLimits();
  const mode = limits.data ? `, ${MODE_SAYS[limits.data.mode]}` : '';
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      <PageHeader title="Rate limits" note={<Freshness remote={limits} pace={`every second${mode}`} />} />
      <RemoteValue remote={limits} what="the state of the limiter" skeleton={<LimitsSkeleton />}>
        {(state) => <Limits state={state} />}
      </RemoteValue>
    </div>
  );
}

import { useState } from 'react';
import type { KeyVelocity } from '../../../shared/http/tokenhall-admin.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Banner } from '../../ui/message.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { Breakers } from './breakers.tsx';
import { TraceDetail, Traces } from './traces.tsx';
import { paceOf, type useHealth, useTraces, useVelocity } from './use-traffic.ts';
import { Velocity } from './velocity.tsx';

const Racing = ({ keys }: { readonly keys: readonly KeyVelocity[] }) => {
  const racing = keys.filter((key) => paceOf(key).tone === 'bad');
  if (racing.length === 0) return null;
  return (
    <Banner tone="bad" role="alert" testId="racing">
      {racing.length === 1
        ? `The key ${racing[0]?.label} spends`
        : `${formatCount(racing.length)} keys spend`}{' '}
      far more than usual. Ask the owner, or revoke the key on the screen Keys.
    </Banner>
  );
};

/** The other half of the screen: breakers, what keys spend, and the way that each request took. */
export function Traffic({ health }: { readonly health: ReturnType<typeof useHealth> }) {
  const [keyId, setKeyId] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const velocity = useVelocity();
  const traces = useTraces(keyId);
  const label = velocity.data?.keys.find((key) => key.keyId === keyId)?.label;
  const opened = traces.data?.generations.find(({ id }) => id === open);
  const aside =
    keyId === null ? (
      'of every key, newest first'
    ) : (
      <span className="flex items-center gap-2">
        of {label ?? 'one key'}, newest first
        <Button small onClick={() => setKeyId(null)}>
          Show every key
        </Button>
      </span>
    );
  return (
    <div className="flex min-w-0 gap-4">
      <div className="flex min-w-0 flex-1 flex-col gap-4">
        <RemoteValue
          remote={health}
          what="the health of providers"
          skeleton={<SkeletonRows rows={4} waitingFor="the health of providers" />}
        >
          {({ providers }) => <Breakers providers={providers} />}
        </RemoteValue>
        <RemoteValue
          remote={velocity}
          what="what keys spend"
          skeleton={<SkeletonRows rows={4} waitingFor="what keys spend" />}
        >
          {({ keys }) => (
            <>
              <Racing keys={keys} />
              <Velocity keys={keys} chosen={keyId} onChoose={setKeyId} />
            </>
          )}
        </RemoteValue>
        <RemoteValue
          remote={traces}
          what="the routing of requests"
          skeleton={<SkeletonRows rows={4} waitingFor="the routing of requests" />}
        >
          {({ generations }) => <Traces generations={generations} aside={aside} onOpen={setOpen} />}
        </RemoteValue>
      </div>
      {opened ? <TraceDetail generation={opened} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}

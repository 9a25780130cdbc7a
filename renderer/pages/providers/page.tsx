import { useState } from 'react';
import { Segments } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { EnrolmentCall, useEnrolment } from '../parts/enrolment.tsx';
import { Freshness } from '../parts/remote.tsx';
import { Secrets } from './secrets.tsx';
import { Traffic } from './traffic.tsx';
import { useRoots } from './use-secrets.ts';
import { useHealth } from './use-traffic.ts';

const HALVES = [
  { value: 'secrets', label: 'Secrets' },
  { value: 'traffic', label: 'Routing and spend' },
] as const;

interface HalfProps {
  readonly halves: React.ReactNode;
}

function SecretsHalf({ halves }: HalfProps) {
  const roots = useRoots();
  const actions = (
    <>
      <EnrolmentCall enrolment={useEnrolment().data} />
      {halves}
    </>
  );
  return (
    <>
      <PageHeader
        title="Providers"
        note={<Freshness remote={roots} pace="every second" />}
        actions={actions}
      />
      <Secrets roots={roots} />
    </>
  );
}

function TrafficHalf({ halves }: HalfProps) {
  const health = useHealth();
  return (
    <>
      <PageHeader title="Providers" note={<Freshness remote={health} pace="every 2 s" />} actions={halves} />
      <Traffic health={health} />
    </>
  );
}

export function ProvidersPage() {
  const [half, setHalf] = useState<'secrets' | 'traffic'>('secrets');
  const halves = <Segments label="Half of the screen" value={half} options={HALVES} onChange={setHalf} />;
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      {half === 'secrets' ? <SecretsHalf halves={halves} /> : <TrafficHalf halves={halves} />}
    </div>
  );
}

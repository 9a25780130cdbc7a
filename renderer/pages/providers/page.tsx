import { PageHeader } from '../../ui/section.tsx';
import { EnrolmentCall, useEnrolment } from '../parts/enrolment.tsx';
import { Freshness } from '../parts/remote.tsx';
import { Secrets } from './secrets.tsx';
import { useRoots } from './use-secrets.ts';

export function ProvidersPage() {
  const roots = useRoots();
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      <PageHeader
        title="Providers"
        note={<Freshness remote={roots} pace="every second" />}
        actions={<EnrolmentCall enrolment={useEnrolment().data} />}
      />
      <Secrets roots={roots} />
    </div>
  );
}

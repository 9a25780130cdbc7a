import { useStores, useUi } from '../../stores/stores.tsx';
import type { IncidentTab } from '../../stores/ui.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { EnrolmentCall, useEnrolment } from '../parts/enrolment.tsx';
import { Canaries } from './canaries.tsx';
import { Containments } from './containments.tsx';
import { IncidentDetail } from './detail.tsx';
import { IncidentList } from './list.tsx';
import { Orders } from './orders.tsx';
import { Rules } from './rules.tsx';
import { ShiftTab } from './shift.tsx';
import { AssumeStolen } from './stolen.tsx';
import { WebhookTab } from './webhook.tsx';

const TABS: readonly { readonly value: IncidentTab; readonly label: string }[] = [
  { value: 'incidents', label: 'Incidents' },
  { value: 'stolen', label: 'Assume stolen' },
  { value: 'containments', label: 'Containments' },
  { value: 'orders', label: 'Orders' },
  { value: 'shift', label: 'Shift' },
  { value: 'rules', label: 'Rules' },
  { value: 'canaries', label: 'Canaries' },
  { value: 'webhook', label: 'Webhook' },
];

/** What is wrong, the worst first, and what to do about it with one signature each. */
export function IncidentsPage() {
  const { ui } = useStores();
  const { tab, incident, credential } = useUi((s) => s.incidents);
  const enrolment = useEnrolment().data;
  return (
    <div className="flex min-h-full flex-col gap-4 p-(--page)">
      <PageHeader
        title="Incidents"
        actions={
          <>
            <EnrolmentCall enrolment={enrolment} />
            <Button kind="danger" onClick={() => ui.askFreeze('order')}>
              Stop all spending <Kbd filled>F</Kbd>
            </Button>
          </>
        }
      />
      <div className="flex">
        <Segments
          label="What to show"
          value={tab}
          options={TABS}
          onChange={(next) => ui.showIncidents({ tab: next })}
        />
      </div>
      {tab === 'incidents' && incident === null ? <IncidentList /> : null}
      {tab === 'incidents' && incident !== null ? (
        <IncidentDetail key={incident} id={incident} enrolment={enrolment} />
      ) : null}
      {tab === 'stolen' ? (
        <AssumeStolen
          key={`${credential?.kind} ${credential?.id}`}
          credential={credential}
          incident={incident}
          enrolment={enrolment}
        />
      ) : null}
      {tab === 'containments' ? <Containments enrolment={enrolment} /> : null}
      {tab === 'orders' ? <Orders enrolment={enrolment} /> : null}
      {tab === 'shift' ? <ShiftTab enrolment={enrolment} /> : null}
      {tab === 'rules' ? <Rules /> : null}
      {tab === 'canaries' ? <Canaries enrolment={enrolment} /> : null}
      {tab === 'webhook' ? <WebhookTab enrolment={enrolment} /> : null}
    </div>
  );
}

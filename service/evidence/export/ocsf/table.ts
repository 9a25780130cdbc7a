import type { EventCategory } from '../../../../shared/ledger/event-definition.ts';
import { EVENTS, type EventKind } from '../../../../shared/ledger/events.ts';
import type { Mapping } from './classes.ts';

const entity = (activity: Extract<Mapping, { class: 'entity' }>['activity']): Mapping => ({
  class: 'entity',
  activity,
});
const account = (activity: Extract<Mapping, { class: 'account' }>['activity']): Mapping => ({
  class: 'account',
  activity,
});
const session = (activity: Extract<Mapping, { class: 'authentication' }>['activity']): Mapping => ({
  class: 'authentication',
  activity,
});
const FAILED: Mapping = { class: 'authentication', activity: 'Logon', failed: true };
const LIFECYCLE: Mapping = { class: 'lifecycle', activity: 'Other' };
const DETECTED: Mapping = { class: 'detection', activity: 'Create' };

/** What every entry of a category is, where its kind says nothing more exact. */
const BY_CATEGORY: Readonly<Record<EventCategory, Mapping>> = {
  operator: account('Other'),
  key: entity('Other'),
  account: account('Other'),
  agent: account('Other'),
  limit: LIFECYCLE,
  auth: FAILED,
  payer: entity('Other'),
  generation: entity('Other'),
  treasury: entity('Other'),
  market: entity('Other'),
  provider: entity('Other'),
  mint: entity('Other'),
  service: LIFECYCLE,
  vault: entity('Read'),
  incident: { class: 'incident', activity: 'Update' },
  scan: entity('Read'),
};

/** What a kind is, where it is more than its category. A new kind falls to its category until it stands here. */
const BY_KIND: Readonly<Partial<Record<EventKind, Mapping>>> = {
  'account.registered': account('Create'),
  'account.role-changed': account('Attach Policy'),
  'agent.registered': account('Create'),
  'agent.credentials-revoked': account('Disable'),
  'agent.key-revoked': account('Disable'),
  'agent.identity-revoked': account('Disable'),
  'agent.identity-issued': session('Authentication Ticket'),
  'session.opened': session('Logon'),
  'session.refreshed': session('Service Ticket Renew'),
  'session.revoked': session('Logoff'),
  'session.reuse-detected': { class: 'authentication', activity: 'Service Ticket Renew', failed: true },
  'operator.invited': account('Create'),
  'operator.enrolled': account('Enable'),
  'operator.recovered': account('Enable'),
  'operator.revoked': account('Disable'),
  'operator.role-changed': account('Attach Policy'),
  'operator.stream-ticket-issued': session('Authentication Ticket'),
  'proposal.proposed': entity('Create'),
  'proposal.approved': entity('Update'),
  'proposal.executed': entity('Update'),
  'proposal.withdrawn': entity('Delete'),
  'proposal.expired': entity('Delete'),
  'key.created': entity('Create'),
  'key.issued': entity('Create'),
  'key.changed': entity('Update'),
  'key.limit-raised': entity('Update'),
  'key.limit-lowered': entity('Update'),
  'key.revoked': entity('Disable'),
  'payer.session-issued': entity('Create'),
  'payer.session-revoked': entity('Disable'),
  'payer.session-expired': entity('Disable'),
  'payer.paused': entity('Disable'),
  'payer.resumed': entity('Enable'),
  'price.set': entity('Update'),
  'transfer.posted': entity('Create'),
  'transfer.corrected': entity('Update'),
  'credits.granted': entity('Update'),
  'provider-secret.stored': entity('Create'),
  'provider-secret.deleted': entity('Delete'),
  'provider-secret.unreadable': DETECTED,
  'mint.brand-created': entity('Create'),
  'mint.member-added': entity('Enroll'),
  'mint.member-changed': entity('Update'),
  'mint.member-removed': entity('Unenroll'),
  'mint.job-submitted': entity('Create'),
  'mint.token-voided': entity('Disable'),
  'mint.token-activated': entity('Enable'),
  'mint.export-opened': entity('Read'),
  'mint.export-downloaded': entity('Read'),
  'service.started': { class: 'lifecycle', activity: 'Start' },
  'ledger.key-rotated': { class: 'lifecycle', activity: 'Update' },
  'ledger.quarantined': DETECTED,
  'ledger.verification-failed': DETECTED,
  'ledger.restore-reported': DETECTED,
  'probe.failed': DETECTED,
  'probe.off_schedule': DETECTED,
  'console.weak': DETECTED,
  'flag.raised': DETECTED,
  'canary.planted': entity('Create'),
  'canary.used': DETECTED,
  'alert.raised': DETECTED,
  'alert.acknowledged': { class: 'detection', activity: 'Update' },
  'alert.quieted': { class: 'detection', activity: 'Close' },
  'incident.opened': { class: 'incident', activity: 'Create' },
  'spending.frozen': entity('Disable'),
  'spending.resumed': entity('Enable'),
  'containment.ordered': entity('Disable'),
  'containment.finished': entity('Disable'),
  'containment.released': entity('Enable'),
};

export const mappingOf = (kind: EventKind): Mapping => BY_KIND[kind] ?? BY_CATEGORY[EVENTS[kind].category];

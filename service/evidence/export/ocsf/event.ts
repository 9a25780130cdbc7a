import type { Actor, LedgerEntry } from '../../../../shared/ledger/entry.ts';
import { EVENTS } from '../../../../shared/ledger/events.ts';
import type { ExportedRow } from '../rows.ts';
import { CLASSES, type Mapping, OCSF_VERSION, type OcsfClass } from './classes.ts';
import { mappingOf } from './table.ts';

const PRODUCT = { name: 'Sallyport', vendor_name: 'Sallyport' } as const;

/** OCSF 1.5.0, user.type_id. */
const USER_TYPE: Readonly<Record<Actor['type'], readonly [id: number, caption: string]>> = {
  operator: [2, 'Admin'],
  account: [1, 'User'],
  agent: [99, 'Agent'],
  key: [99, 'Key'],
  system: [3, 'System'],
  stranger: [0, 'Unknown'],
};

const SEVERITY = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical'];
/** Of our alerts, where 1 is the gravest. */
const ALERT_SEVERITY: Readonly<Record<number, number>> = { 1: 5, 2: 4, 3: 3, 4: 2 };

/** Every enumeration's word for what OCSF does not name; the source says it in its own words beside it. */
const OTHER = 99;

const INFORMATIONAL = 1;
const HIGH = 4;
const LOW = 2;

function severityOf({ data }: LedgerEntry, mapping: Mapping): number {
  if (mapping.class === 'detection' || mapping.class === 'incident') {
    const own = typeof data.severity === 'number' ? ALERT_SEVERITY[data.severity] : undefined;
    return own ?? (mapping.class === 'detection' && mapping.activity === 'Create' ? HIGH : INFORMATIONAL);
  }
  return mapping.failed ? LOW : INFORMATIONAL;
}

const textIn = (data: LedgerEntry['data'], name: string): string | undefined => {
  const value = data[name];
  return typeof value === 'string' ? value : undefined;
};

const userOf = ({ type, id, name }: Actor) => ({
  uid: id,
  ...(name === null ? {} : { name }),
  type_id: USER_TYPE[type][0],
  type: USER_TYPE[type][1],
});

/** Whom an identity event is about: whoever its data names, or else the one who did it. */
function subjectUser({ data, actor }: LedgerEntry) {
  const uid = ['accountId', 'agentId', 'operatorId'].map((name) => textIn(data, name)).find(Boolean);
  return uid === undefined ? userOf(actor) : { uid };
}

/** The first thing that the data name by an id. */
function subjectId({ data, id }: LedgerEntry): string {
  const name = Object.keys(data).find((key) => key.endsWith('Id') && typeof data[key] === 'string');
  return (name === undefined ? undefined : textIn(data, name)) ?? id;
}

const INCIDENT_STATUS: Readonly<Record<string, number>> = { acknowledged: 2, contained: 4, closed: 5 };

/** What the class requires beside what every event has. */
function ofClass(entry: LedgerEntry, { class: name, failed }: Mapping): Record<string, unknown> {
  const { data, kind, category } = entry;
  const title = textIn(data, 'title') ?? textIn(data, 'rule') ?? EVENTS[kind].says;
  switch (name) {
    case 'account':
      return { user: subjectUser(entry) };
    case 'authentication':
      return { user: subjectUser(entry), service: { name: PRODUCT.name }, status_id: failed ? 2 : 1 };
    case 'entity':
      return { entity: { uid: subjectId(entry), type: category, type_id: OTHER } };
    case 'detection':
      return { finding_info: { uid: textIn(data, 'alertId') ?? entry.id, title } };
    case 'incident':
      return {
        finding_info_list: [{ uid: subjectId(entry), title }],
        status_id: INCIDENT_STATUS[textIn(data, 'to') ?? ''] ?? 1,
        // An incident has somebody who looks after it: here, whichever operator acts.
        assignee_group: { name: 'Operators' },
      };
    case 'lifecycle':
      return { app: PRODUCT };
  }
}

/** Who did it, where the class has a place for it: as the class's own attribute, or by a profile that is named. */
function actorOf({ actor }: LedgerEntry, { actorBy }: OcsfClass) {
  const did = { user: userOf(actor) };
  return actorBy === null ? { unmapped: { actor: did } } : { event: { actor: did } };
}

/** An entry as an event of OCSF. What OCSF has no place for stands under `unmapped`, so that nothing is lost on the way. */
export function ocsfEvent({ entry, withheld }: ExportedRow): Record<string, unknown> {
  const mapping = mappingOf(entry.kind);
  const known: OcsfClass = CLASSES[mapping.class];
  const { uid, name, category, categoryName, activities, profiles } = known;
  const activity = activities[mapping.activity] ?? OTHER;
  const actor = actorOf(entry, known);
  const severity = severityOf(entry, mapping);
  return {
    ...{ class_uid: uid, class_name: name, category_uid: category, category_name: categoryName },
    ...{ activity_id: activity, type_uid: uid * 100 + activity },
    activity_name: activity === OTHER ? entry.kind : mapping.activity,
    ...{ severity_id: severity, severity: SEVERITY[severity] },
    time: Date.parse(entry.at),
    message: EVENTS[entry.kind].says,
    metadata: {
      ...{
        version: OCSF_VERSION,
        product: PRODUCT,
        uid: entry.id,
        event_code: entry.kind,
        log_name: 'ledger',
      },
      ...(profiles.length === 0 ? {} : { profiles: [...profiles] }),
      ...(entry.number === null ? {} : { sequence: entry.number }),
      ...(entry.requestId === null ? {} : { correlation_uid: entry.requestId }),
    },
    ...actor.event,
    ...ofClass(entry, mapping),
    unmapped: {
      ...actor.unmapped,
      ...{ data: entry.data, asset: EVENTS[entry.kind].asset, boundary: EVENTS[entry.kind].boundary },
      ...(entry.agent === null ? {} : { agent: entry.agent }),
      ...(entry.leafHash === null ? {} : { leaf_hash: entry.leafHash }),
      ...(withheld.length === 0 ? {} : { withheld }),
    },
  };
}

export const ocsfLine = (row: ExportedRow): string => `${JSON.stringify(ocsfEvent(row))}\n`;

/** The Open Cybersecurity Schema Framework that is written: https://schema.ocsf.io/1.5.0 */
export const OCSF_VERSION = '1.5.0';

export interface OcsfClass {
  readonly uid: number;
  readonly name: string;
  readonly category: number;
  readonly categoryName: string;
  /** Activities of the class by their caption; every class has `Other`. */
  readonly activities: Readonly<Record<string, number>>;
  /** What lets an event say who did it: the class itself, or a profile of it; null: nothing does. */
  readonly actorBy: 'class' | 'host' | null;
  /** Profiles that an event of the class declares. */
  readonly profiles: readonly ('host' | 'incident')[];
}

const OTHER = { Other: 99 };
const FINDINGS = { category: 2, categoryName: 'Findings', actorBy: null } as const;
const IDENTITY = {
  category: 3,
  categoryName: 'Identity & Access Management',
  actorBy: 'class',
  profiles: [],
} as const;
const APPLICATION = {
  category: 6,
  categoryName: 'Application Activity',
  actorBy: 'host',
  profiles: ['host'],
} as const;
const FINDING_ACTIVITIES = { Create: 1, Update: 2, Close: 3, ...OTHER };

/** Only the classes that an entry of the log can be. */
export const CLASSES = {
  detection: {
    ...{ uid: 2004, name: 'Detection Finding', ...FINDINGS, profiles: [] },
    activities: FINDING_ACTIVITIES,
  },
  incident: {
    // The class has the attributes of this profile, and is to say so.
    ...{ uid: 2005, name: 'Incident Finding', ...FINDINGS, profiles: ['incident'] },
    activities: FINDING_ACTIVITIES,
  },
  account: {
    ...{ uid: 3001, name: 'Account Change', ...IDENTITY },
    activities: { Create: 1, Enable: 2, Disable: 5, Delete: 6, 'Attach Policy': 7, ...OTHER },
  },
  authentication: {
    ...{ uid: 3002, name: 'Authentication', ...IDENTITY },
    activities: { Logon: 1, Logoff: 2, 'Authentication Ticket': 3, 'Service Ticket Renew': 5, ...OTHER },
  },
  entity: {
    ...{ uid: 3004, name: 'Entity Management', ...IDENTITY },
    activities: {
      ...{ Create: 1, Read: 2, Update: 3, Delete: 4, Enroll: 6, Unenroll: 7, Enable: 8, Disable: 9 },
      ...OTHER,
    },
  },
  lifecycle: {
    ...{ uid: 6002, name: 'Application Lifecycle', ...APPLICATION },
    activities: { Start: 3, Stop: 4, Update: 8, ...OTHER },
  },
} as const satisfies Readonly<Record<string, OcsfClass>>;

export type ClassName = keyof typeof CLASSES;
type ActivityOf<C extends ClassName> = keyof (typeof CLASSES)[C]['activities'] & string;

/** What an entry is in OCSF: a class, and what was done within it. */
export type Mapping = {
  readonly [C in ClassName]: {
    readonly class: C;
    readonly activity: ActivityOf<C>;
    readonly failed?: true;
  };
}[ClassName];

/** Things that are played beyond calls and keys, each counted when the service took it. */
export const FEATS = [
  'grants',
  'heartbeats',
  'transfers',
  'bounties',
  'claims',
  'submissions',
  'reviews',
  'rewards',
  'brands',
  'mintJobs',
  'exports',
  'scans',
  'attacks',
  'generations',
] as const;
export type Feat = (typeof FEATS)[number];

/** What was sent and what came back. */
export interface Tally {
  sent: number;
  /** Answers by HTTP status. */
  readonly byStatus: Map<number, number>;
  /** Requests that nobody answered. */
  unanswered: number;
  /** Calls that an agent did not make because it had been told to wait, or had no key. */
  heldBack: number;
  keysCreated: number;
  keysRevoked: number;
  /** Accounts that were registered. */
  accounts: number;
  readonly played: Record<Feat, number>;
  /** What could not be played, and why. */
  readonly skipped: Map<Feat, string>;
}

export const newTally = (): Tally => ({
  sent: 0,
  byStatus: new Map(),
  unanswered: 0,
  heldBack: 0,
  keysCreated: 0,
  keysRevoked: 0,
  accounts: 0,
  played: Object.fromEntries(FEATS.map((feat) => [feat, 0])) as Record<Feat, number>,
  skipped: new Map(),
});

export function count(tally: Tally, status: number | null): void {
  tally.sent += 1;
  if (status === null) tally.unanswered += 1;
  else tally.byStatus.set(status, (tally.byStatus.get(status) ?? 0) + 1);
}

const statuses = (tally: Tally) => [...tally.byStatus].sort(([a], [b]) => a - b);

const playedOf = (tally: Tally) => FEATS.filter((feat) => tally.played[feat] > 0);

const clock = (elapsedMs: number): string => {
  const seconds = Math.floor(elapsedMs / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
};

/** Requests a second. */
export const rateOf = (tally: Tally, elapsedMs: number): number =>
  elapsedMs > 0 ? (tally.sent / elapsedMs) * 1000 : 0;

/** One line for a person who watches. */
export function statusLine(tally: Tally, elapsedMs: number): string {
  const parts = [
    `${clock(elapsedMs)}  ${tally.sent} sent (${rateOf(tally, elapsedMs).toFixed(1)}/s)`,
    ...statuses(tally).map(([status, n]) => `${status}: ${n}`),
    `keys +${tally.keysCreated} -${tally.keysRevoked}`,
    `accounts +${tally.accounts}`,
    ...playedOf(tally).map((feat) => `${feat}: ${tally.played[feat]}`),
    ...(tally.heldBack > 0 ? [`held back: ${tally.heldBack}`] : []),
    ...(tally.unanswered > 0 ? [`unanswered: ${tally.unanswered}`] : []),
  ];
  return parts.join('  ');
}

export interface Summary {
  readonly api: string;
  readonly seed: string;
  readonly rate: number;
  readonly seconds: number;
  readonly sent: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly unanswered: number;
  readonly heldBack: number;
  readonly keysCreated: number;
  readonly keysRevoked: number;
  readonly accounts: number;
  readonly played: Readonly<Record<Feat, number>>;
  /** Why something was not played at all, or no longer. */
  readonly skipped: Readonly<Partial<Record<Feat, string>>>;
}

/** The last word, for a program. */
export function summaryOf(
  tally: Tally,
  run: { readonly api: string; readonly seed: string; readonly rate: number },
  elapsedMs: number,
): Summary {
  return {
    api: run.api,
    seed: run.seed,
    rate: run.rate,
    seconds: Math.round(elapsedMs / 100) / 10,
    sent: tally.sent,
    byStatus: Object.fromEntries(statuses(tally)),
    unanswered: tally.unanswered,
    heldBack: tally.heldBack,
    keysCreated: tally.keysCreated,
    keysRevoked: tally.keysRevoked,
    accounts: tally.accounts,
    played: { ...tally.played },
    skipped: Object.fromEntries(tally.skipped),
  };
}

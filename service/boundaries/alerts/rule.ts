import type { AlertRuleView } from '../../../shared/http/incidents.ts';

/** What a rule looks for. Fields name data of the entry; every figure is data, so that a rule can be read and dry-run. */
export type Detector =
  /** Every entry; with `list`, every item of a list; with `above`, only what measures more. */
  | {
      readonly type: 'each';
      readonly subject?: string;
      readonly list?: string;
      readonly value?: string;
      readonly above?: number;
      readonly where?: { readonly field: string; readonly equals: string | boolean };
      /** Kind of the entry that says it has ended; without one, time does. */
      readonly endedBy?: string;
      readonly quietSeconds: number;
    }
  /** More entries of one subject within a window than `above`; quiet again at `quietAt`. */
  | {
      readonly type: 'count';
      readonly subject: string;
      readonly windowSeconds: number;
      readonly above: number;
      readonly quietAt: number;
    }
  /** The last hour's amount against the mean of the active hours of the day before it. */
  | {
      readonly type: 'baseline';
      readonly subject: string;
      readonly amount: string;
      readonly factor: number;
      readonly quietFactor: number;
      /** Active hours without which there is no baseline. */
      readonly activeHours: number;
      /** Credits below which nothing is drained. */
      readonly least: string;
    }
  /** Two agents who judge the same things and agree to approve more often than `above` percent. */
  | {
      readonly type: 'agreement';
      /** What is judged: entries with the same are about the same thing. */
      readonly group: string;
      readonly choice: string;
      readonly approves: string;
      readonly above: number;
      readonly quietAt: number;
      /** Things that both judged, below which a share says nothing. */
      readonly least: number;
    }
  /** Nothing from a subject that has been heard of before. */
  | { readonly type: 'silence'; readonly subject?: string; readonly afterSeconds: number }
  /** A figure of the running service. */
  | {
      readonly type: 'signal';
      readonly signal: 'ledger-pending-ms';
      readonly above: number;
      readonly quietAt: number;
    };

export interface AlertRule
  extends Pick<AlertRuleView, 'id' | 'title' | 'asset' | 'goal' | 'severity' | 'steps'> {
  /** Kinds of entries that it reads. */
  readonly on: readonly string[];
  readonly detect: Detector;
  /** Fields of the entry that are heads of the log: whoever reads the alert compares them. */
  readonly heads?: readonly { readonly field: string; readonly label: string }[];
  /**
   * What the probes do themselves in each round, so that it is no alert inside one: something about an account of theirs, or a
   * refusal that only the key of their operator can cause. Absent: nobody ever excuses this rule.
   */
  readonly expected?: 'probe-account' | 'probe-operator';
}

/** The service itself, where there is nobody else to name. */
export const NOBODY = '-';

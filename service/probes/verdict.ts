import type { Outcome } from '../../shared/boundaries/health.ts';
import type { ErrorType } from '../../shared/http/errors.ts';
import type { Answer } from './client.ts';

export interface Verdict {
  readonly outcome: Outcome;
  /** One sentence without material. */
  readonly evidence: string;
}

export const held = (evidence: string): Verdict => ({ outcome: 'held', evidence });
export const broken = (evidence: string): Verdict => ({ outcome: 'broken', evidence });
export const unavailable = (evidence: string): Verdict => ({ outcome: 'unavailable', evidence });

const said = ({ status, type }: Answer): string => (type === null ? String(status) : `${status} ${type}`);

/** An attack that must be refused for this reason. Another refusal proves nothing about the control, and is said to be one. */
export function mustRefuse(answer: Answer, ...wanted: readonly ErrorType[]): Verdict {
  if (answer.status >= 200 && answer.status < 400)
    return broken(`It was let through with ${answer.status}; ${wanted.join(' or ')} was due.`);
  if (wanted.some((type) => type === answer.type)) return held(`Refused with ${said(answer)}.`);
  return unavailable(`Refused with ${said(answer)}, where ${wanted.join(' or ')} was due.`);
}

/** The first that did not hold, else the last. */
export const worstOf = (verdicts: readonly [Verdict, ...Verdict[]]): Verdict =>
  verdicts.find(({ outcome }) => outcome === 'broken') ??
  verdicts.find(({ outcome }) => outcome === 'unavailable') ??
  (verdicts.at(-1) as Verdict);

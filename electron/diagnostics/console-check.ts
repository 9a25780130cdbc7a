import type { ConsoleCheck } from '../../shared/http/console-checks.ts';
import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';

interface Deps {
  readonly examine: () => Promise<readonly Diagnosis[]>;
  readonly packaged: () => boolean;
  readonly now: () => number;
}

const LONGEST_EVIDENCE = 300;

function foundIn(all: readonly Diagnosis[], wanted: Diagnosis['step']): ConsoleCheck['keychain'] {
  const one = all.find(({ step }) => step === wanted);
  if (!one) return { status: 'unknown', evidence: 'This step was not taken.' };
  return { status: one.status, evidence: one.evidence.slice(0, LONGEST_EVIDENCE) };
}

/** The self-attestation as this console signs it for its service: what was found, and no verdict of its own. */
export const consoleCheckOf =
  ({ examine, packaged, now }: Deps) =>
  async (): Promise<ConsoleCheck> => {
    const began = now();
    const all = await examine();
    return {
      packaged: packaged(),
      keychain: foundIn(all, 'keychain'),
      fuses: foundIn(all, 'fuses'),
      sandbox: foundIn(all, 'sandbox'),
      durationMs: Math.round(now() - began),
    };
  };

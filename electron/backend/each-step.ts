/** Told which step failed and with what; it must not throw itself. */
export type StepFailed = (step: string, error: unknown) => void;

/**
 * Runs every step, whatever became of those before it. A lock must forget all it can: a full disk, or a folder that
 * somebody removed, may cost one step and never the ones behind it.
 */
export function eachStep(steps: Readonly<Record<string, () => unknown>>, failed: StepFailed): void {
  for (const [name, run] of Object.entries(steps)) {
    try {
      const running = run();
      if (running instanceof Promise) running.catch((error: unknown) => failed(name, error));
    } catch (error) {
      failed(name, error);
    }
  }
}

import { defineConfig } from 'vitest/config';

/** A database, a browser or a process tree starts in less; more means that something hangs. */
const SLOW_MS = 60_000;

/** Files of a project share what they import: loading it anew for each took half the time. Nothing here keeps state of its own. */
const SHARED = { isolate: false };

/** Made once: a cluster to copy. */
const DATABASE = { globalSetup: 'tests/fixtures/cluster-template.ts' };

const project = (name: string, include: string[], more: object = {}) => ({
  extends: true as const,
  test: { name, include, environment: 'node', ...more },
});

export default defineConfig({
  test: {
    // One open handle or one unhandled rejection is a failure, not noise.
    dangerouslyIgnoreUnhandledErrors: false,
    // A test that hangs ends; one that is slow on a busy machine does not fail for it.
    testTimeout: SLOW_MS / 2,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // One more than the cores: integration tests wait for processes and disks as long as they compute.
    maxWorkers: 3,
    projects: [
      project('unit', ['{shared,service,electron,tools,build}/**/*.test.ts'], SHARED),
      project('renderer', ['renderer/**/*.test.{ts,tsx}'], { ...SHARED, environment: 'happy-dom' }),
      project('architecture', ['tests/architecture/**/*.test.ts'], {
        testTimeout: SLOW_MS,
        hookTimeout: SLOW_MS,
      }),
      project('integration', ['tests/integration/**/*.test.ts'], {
        ...SHARED,
        ...DATABASE,
        testTimeout: SLOW_MS,
        hookTimeout: SLOW_MS,
      }),
      project('faults', ['tests/faults/**/*.test.ts'], {
        ...DATABASE,
        testTimeout: 3 * SLOW_MS,
        hookTimeout: SLOW_MS,
      }),
    ],
  },
});

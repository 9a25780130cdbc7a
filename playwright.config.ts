import { defineConfig } from 'playwright/test';

const artifacts = process.env.SALLYPORT_ARTIFACTS ?? 'artifacts';

/** Real sandboxed Electron, one console at a time: two would fight over the cores, not find more defects. */
export default defineConfig({
  testMatch: '**/*.spec.ts',
  projects: [
    { name: 'console', testDir: 'tests/e2e' },
    // The shipped program as a black box, and what is in its archive: npm run test:packaged.
    { name: 'shipped', testDir: 'tests/packaged' },
    // A developer's own build, with the diagnostics window.
    { name: 'developer', testDir: 'tests/developer' },
  ],
  outputDir: `${artifacts}/e2e`,
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
});

import { defineConfig } from 'playwright/test';

const artifacts = process.env.SALLYPORT_ARTIFACTS ?? 'artifacts';

/** Real sandboxed Electron, one console at a time: two would fight over the cores, not find more defects. */
export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: `${artifacts}/e2e`,
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
});

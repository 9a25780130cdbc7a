import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { sticksOut } from '../../tools/tour/sticks-out.ts';
import { DataFolder, stayAwake, TestConsole } from './parts/console.ts';
import { barriersOf, giveAxe } from './parts/inspect.ts';
import { apiOf, createVault, decide, enrol, go, lock, serviceIsLive, unlock } from './parts/steps.ts';

// Three starts, one of them by a console itself, and a service that is played on.
test.setTimeout(240_000);

const OPEN = 'Open a practice console';
const SLOW = { timeout: 30_000 };

/** Process id of the console that has this folder, as its own lock names it; null while there is none. */
function holderOf(folder: string): number | null {
  try {
    return Number(/-(\d+)$/.exec(readlinkSync(join(folder, 'SingletonLock')))?.[1] ?? 0) || null;
  } catch {
    return null;
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Processes of it that are a simulator, as main itself lists them. */
const simulators = (console: TestConsole): Promise<number[]> =>
  console.electron.evaluate(({ app }) =>
    app
      .getAppMetrics()
      .filter(({ name, serviceName }) => `${name} ${serviceName}`.includes('Sallyport simulator'))
      .map(({ pid }) => pid),
  );

test('a practice console is opened from the first run, says what it is, and is one press from live figures', async () => {
  using data = new DataFolder();
  const practice = data.below('practice');

  await test.step('the first run opens it as a program of its own, in a marked folder', async () => {
    await using real = await TestConsole.open({ data });
    const window = await real.trusted('first-run');
    await window.getByRole('button', { name: OPEN }).click();
    await expect.poll(() => holderOf(practice.path), SLOW).not.toBeNull();
    const pid = holderOf(practice.path) ?? 0;
    const log = join(practice.path, 'logs', 'main.log');
    await expect
      .poll(() => (existsSync(log) ? readFileSync(log, 'utf8') : ''), SLOW)
      .toContain('"practice":true');
    expect(pid).not.toBe(real.process.pid);
    for (const mark of ['PRACTICE', 'service/PRACTICE'])
      expect(existsSync(join(practice.path, mark))).toBe(true);
    process.kill(pid);
    await expect.poll(() => isAlive(pid), SLOW).toBe(false);
    expect(readdirSync(join(data.path, 'vault'))).toEqual([]);
    await expect(window.getByRole('button', { name: 'Create vault' })).toBeEnabled();
  });

  stayAwake(practice.path);
  await using console = await TestConsole.open({ data: practice });
  await expect(
    (await console.trusted('first-run')).getByText('Practice console: sample data only'),
  ).toBeVisible();
  await createVault(console);
  const app = await console.app();

  await test.step('every page of it says so, and it is alone on its own service', async () => {
    await serviceIsLive(app);
    expect(await apiOf(app)).not.toContain(':4180');
    for (const page of ['overview', 'ledger', 'settings']) {
      await go(app, page);
      await expect(app.getByTestId('practice-band')).toContainText('Practice console');
    }
    for (const title of await console.titles()) expect(title).toMatch(/^Practice console, sample data only/);
    await expect(app.getByTestId('practice')).toContainText(practice.path);
    await expect(app.getByRole('button', { name: OPEN })).toHaveCount(0);
    await app.getByRole('button', { name: 'Add a remote service' }).click();
    await expect(app.getByTestId('services').getByRole('alert')).toContainText('practice console');
  });

  await test.step('one press and one card, and the ledger fills', async () => {
    await enrol(console, 'Ada');
    await go(app, 'overview');
    await app.getByRole('button', { name: 'Run the simulator' }).click();
    await decide(console, 'simulator', 'Sign');
    await expect(app.getByRole('button', { name: 'Stop the simulator' })).toBeEnabled(SLOW);
    await expect(app.getByTestId('simulator-progress')).toContainText(/[1-9]\d* keys created/, SLOW);
    await giveAxe(app);
    await app.setViewportSize({ width: 1280, height: 800 });
    expect.soft(await sticksOut(app)).toEqual([]);
    expect.soft(await barriersOf(app)).toEqual([]);
    await go(app, 'ledger');
    await expect(
      app.getByTestId('ledger-row').filter({ hasText: 'Inference key created' }).first(),
    ).toBeVisible(SLOW);
  });

  await test.step('a lock ends the simulator; it comes back without another card', async () => {
    expect(await simulators(console)).toHaveLength(1);
    await lock(app);
    await expect.poll(() => simulators(console)).toEqual([]);
    const again = await unlock(console);
    await serviceIsLive(again);
    await expect(again.getByTestId('simulator')).toContainText('The lock ended it');
    await again.getByRole('button', { name: 'Run the simulator' }).click();
    await again.getByRole('button', { name: 'Stop the simulator' }).click();
    await expect(again.getByTestId('simulator')).toContainText('stopped', SLOW);
  });
});

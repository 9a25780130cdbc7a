import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright';
import { expect, test } from 'playwright/test';
import type { ServiceStatus } from '../../shared/service/status.ts';
import { DataFolder, TestConsole } from './parts/console.ts';
import {
  apiOf,
  createKey,
  createVault,
  drafts,
  enrol,
  go,
  lock,
  serviceIsLive,
  unlock,
  useKey,
} from './parts/steps.ts';

/** What the supervisor says of one process, asked through the page's own door. */
const processesOf = (app: Page) =>
  app.evaluate(async () => {
    const { sallyport } = window as unknown as {
      sallyport: { call(channel: string): Promise<{ value: ServiceStatus }> };
    };
    return (await sallyport.call('service.status')).value.processes;
  });

const processOf = async (app: Page, name: string) =>
  (await processesOf(app)).find((process) => process.name === name);

async function kill(app: Page, name: string): Promise<void> {
  const before = await processOf(app, name);
  expect(before?.state).toBe('running');
  process.kill(before?.pid ?? 0, 'SIGKILL');
  await expect(
    app.getByTestId('notice-warning').filter({ hasText: 'ended unexpectedly' }).first(),
  ).toBeVisible();
  await expect.poll(async () => (await processOf(app, name))?.state, { timeout: 20_000 }).toBe('running');
  expect((await processOf(app, name))?.pid).not.toBe(before?.pid);
  await serviceIsLive(app);
  // News leaves by itself, so the buttons are pressed at once rather than one after the other.
  await app.evaluate(() => {
    for (const button of document.querySelectorAll<HTMLElement>('[aria-label="Dismiss"]')) button.click();
  });
}

/** The postmaster: the one PostgreSQL process whose parent is none. */
function postmaster(data: string): number {
  const list = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const line = list.find((row) => row.includes('bin/postgres ') && row.includes(data));
  return Number(line?.trim().split(' ')[0] ?? 0);
}

// Several starts and many waits in one flow; on a busy machine each takes its time.
test.setTimeout(240_000);

test('a killed process is said, comes back, and nothing is lost', async () => {
  using data = new DataFolder();
  await using console = await TestConsole.open({ data });
  await test.step('first run', () => createVault(console));
  let app = await console.app();
  await test.step('service', () => serviceIsLive(app));
  await test.step('enrol', () => enrol(console, 'Ada'));
  const secret = await test.step('key', () => createKey(console, 'survivor'));

  for (const name of ['api', 'integrator', 'database'])
    await test.step(name, async () => {
      await kill(app, name);
      expect(await useKey(await apiOf(app), secret)).toBe(200);
    });

  await test.step('PostgreSQL itself', async () => {
    const pid = postmaster(data.path);
    expect(pid).toBeGreaterThan(0);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => postmaster(data.path), { timeout: 20_000 }).not.toBe(pid);
    await expect
      .poll(async () => useKey(await apiOf(app), secret).catch(() => 0), { timeout: 20_000 })
      .toBe(200);
    await serviceIsLive(app);
  });

  await test.step('the renderer: what was typed comes back', async () => {
    await go(app, 'keys');
    await app
      .getByRole('button', { name: /^Create/ })
      .first()
      .click();
    await app.getByTestId('create-key').getByLabel('Name').fill('half a name');
    const typed = [
      { form: 'keys.create', subject: '', fields: expect.objectContaining({ label: 'half a name' }) },
    ];
    await expect.poll(() => drafts(app)).toEqual(typed);
    const pid = console.pids('--type=renderer').at(-1);
    process.kill(pid ?? 0, 'SIGKILL');
    await expect.poll(() => console.pids('--type=renderer').includes(pid ?? 0)).toBe(false);
    app = await console.app();
    await expect(app.getByTestId('notice-warning').filter({ hasText: 'was replaced' })).toBeVisible();
    await serviceIsLive(app);
    await app.getByTestId('recovered').getByRole('button', { name: 'Go on with' }).click();
    await app.screenshot({ path: test.info().outputPath('recovered.png') });
    expect(await drafts(app)).toEqual(typed);
  });

  await test.step('the keeper: the vault locks, says why, forgets what was typed, and opens again', async () => {
    const services = await processesOf(app);
    const keepers = console
      .pids('--utility-sub-type=node.mojom.NodeService')
      .filter((pid) => !services.some((process) => process.pid === pid));
    expect(keepers).toHaveLength(1);
    const [keeper] = keepers;
    const closed = app.waitForEvent('close');
    process.kill(keeper ?? 0, 'SIGKILL');
    await closed;
    await console.trusted('unlock');
    expect(await console.titles()).toEqual([expect.stringContaining('the keeper process ended')]);
    app = await unlock(console);
    await expect(app.getByTestId('notice-error').filter({ hasText: 'keeper' })).toBeVisible();
    expect(await drafts(app)).toEqual([]);
    await serviceIsLive(app);
  });

  await test.step('a process that dies while locked stays down and comes back at the unlock', async () => {
    const before = await processOf(app, 'api');
    const api = await apiOf(app);
    await lock(app);
    await console.trusted('unlock');
    expect(await useKey(api, secret)).toBe(200);
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await expect.poll(() => useKey(api, secret).catch(() => 0)).toBe(0);
    app = await unlock(console);
    await serviceIsLive(app);
    expect(await useKey(await apiOf(app), secret)).toBe(200);
  });

  await test.step('every entry is still there', async () => {
    await go(app, 'ledger');
    for (const says of ['Operator enrolled', 'Inference key created'])
      await expect(app.getByTestId('ledger-row').filter({ hasText: says })).toHaveCount(1);
  });

  await test.step('the console itself: the next one finds everything', async () => {
    console.process.kill('SIGKILL');
    await expect.poll(() => console.process.signalCode).toBe('SIGKILL');
    await using next = await TestConsole.open({ data });
    app = await unlock(next);
    await serviceIsLive(app);
    expect(await useKey(await apiOf(app), secret)).toBe(200);

    expect(postmaster(data.path)).toBeGreaterThan(0);
    next.process.kill('SIGTERM');
    await expect.poll(() => next.process.exitCode, { timeout: 20_000 }).toBe(0);
    expect(postmaster(data.path)).toBe(0);
  });
});

import type { Page } from 'playwright';
import { expect, test } from 'playwright/test';
import { DataFolder, TestConsole } from '../e2e/parts/console.ts';
import { createVault, lock, serviceIsLive, unlock } from '../e2e/parts/steps.ts';

test.setTimeout(180_000);

/** The one window that is neither the application nor a trusted one. */
async function diagnosticsOf(console: TestConsole): Promise<Page> {
  const find = () =>
    console.electron.windows().find((page) => !page.isClosed() && page.url() === 'about:blank');
  await expect.poll(() => find() !== undefined, { timeout: 20_000 }).toBe(true);
  return find() as Page;
}

test('a developer’s build shows processes, calls, lag and attestation, and its library has one way into main', async () => {
  using data = new DataFolder();
  await using console = await TestConsole.open({ data });
  const window = await diagnosticsOf(console);
  await createVault(console);
  const app = await console.app();
  await serviceIsLive(app);

  await test.step('what it shows', async () => {
    const processes = window.locator('#processes');
    for (const what of ['Browser', 'Sallyport keeper', 'Sallyport api', 'Sallyport integrator'])
      await expect(processes).toContainText(what);
    await expect(window.locator('#ipc-calls')).toContainText('answered');
    await expect(window.locator('#ipc-calls')).toContainText('api.call');
    await expect(window.locator('#event-loop').getByRole('cell')).toHaveCount(3);
    await expect(window.locator('#self-attestation')).toContainText('Electron fuses');
  });

  await test.step('its page has no Node, and neither it nor the application has the library', async () => {
    const names = [
      'require',
      'process',
      'module',
      'Buffer',
      'electron',
      'ipcRenderer',
      'sallyport',
      'remote',
    ];
    const seen = (page: Page) => page.evaluate((all) => all.filter((name) => name in globalThis), names);
    expect(await seen(window)).toEqual([]);
    expect(await seen(app)).toEqual(['sallyport']);
  });

  await test.step('every other way of the library is refused', async () => {
    const refused = await console.electron.evaluate(({ app: electron }) => {
      const ask = (way: string, name?: string) => {
        let isRefused = false;
        const event = { preventDefault: () => (isRefused = true) };
        electron.emit(`remote-${way}`, event, null, name);
        return isRefused;
      };
      return {
        require: ask('require', 'fs'),
        builtin: ask('get-builtin', 'app'),
        global: ask('get-global', 'process'),
        window: ask('get-current-window'),
        contents: ask('get-current-web-contents'),
        report: ask('get-global', 'sallyportDeveloperReport'),
      };
    });
    expect(refused).toEqual({
      require: true,
      builtin: true,
      global: true,
      window: true,
      contents: true,
      report: false,
    });
  });

  await test.step('it lives through a lock and shows no passphrase', async () => {
    await lock(app);
    await console.trusted('unlock');
    expect(window.isClosed()).toBe(false);
    await serviceIsLive(await unlock(console));
    expect(await window.locator('body').textContent()).not.toMatch(/herons/);
  });
});

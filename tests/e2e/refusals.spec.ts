import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, rmSync, truncateSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { DataFolder, launchPlan, TestConsole } from './parts/console.ts';
import { createVault, go, PASSPHRASE, serviceIsLive, typePassphrase } from './parts/steps.ts';

const NO_KEYCHAIN = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };

/** Starts the console as a shell would, without a driver, until it has said this. */
async function until(says: RegExp, data: DataFolder, args: readonly string[] = []) {
  const plan = launchPlan({ data, args });
  const child: ChildProcess = spawn(plan.executable, plan.args, {
    env: plan.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (bytes) => {
    said += bytes;
  });
  await expect.poll(() => said, { timeout: 20_000 }).toMatch(says);
  return child;
}

async function gone(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  return new Promise((resolve) => child.once('exit', resolve));
}

async function occupy(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0 };
}

// Several starts and many waits in one flow; on a busy machine each takes its time.
test.setTimeout(240_000);

test('a taken port is a sentence, and the service comes up once it is free; a second console steps back', async () => {
  const { server, port } = await occupy();
  using data = new DataFolder({ apiPort: port });
  await using console = await TestConsole.open({ data });
  await createVault(console);
  const app = await console.app();
  await expect(app.getByTestId('processes').getByRole('alert')).toContainText(String(port), {
    timeout: 30_000,
  });
  await expect(app.getByTestId('status-service')).toContainText('down');
  await new Promise((resolve) => server.close(resolve));
  await go(app, 'settings');
  await app.getByRole('button', { name: 'Restart the service' }).click();
  await app
    .getByTestId('restart-service')
    .getByRole('button', { name: 'Interrupt clients and restart' })
    .click();
  await serviceIsLive(app);
  await expect(app.getByTestId('service-name')).toContainText(String(port));

  const second = await until(/open already/, data);
  expect(await gone(second)).toBe(0);
  await serviceIsLive(app);
});

test('no keychain is shown as the downgrade it is, and a vault that needs one says so', async () => {
  using weak = new DataFolder();
  {
    await using console = await TestConsole.open({ data: weak, env: NO_KEYCHAIN });
    const window = await console.trusted('first-run');
    await expect(window.getByText('The passphrase will protect this vault alone')).toBeVisible();
    await createVault(console);
    await expect((await console.app()).getByText('passphrase only').first()).toBeVisible();
  }
  using strong = new DataFolder();
  {
    await using console = await TestConsole.open({ data: strong });
    await createVault(console);
    await serviceIsLive(await console.app());
  }
  {
    await using console = await TestConsole.open({ data: strong, env: NO_KEYCHAIN });
    const window = await console.trusted('unlock');
    await expect(window.getByText('The keychain is missing')).toBeVisible();
    await typePassphrase(window, PASSPHRASE);
    await expect(window.getByRole('alert').first()).toContainText('keychain');
    expect(console.electron.windows()).toHaveLength(1);
  }

  await test.step('a truncated vault offers the generation before; a broken database says so and spares the vault', async () => {
    truncateSync(join(strong.path, 'vault', 'vault.sallyport'), 100);
    truncateSync(join(strong.path, 'service', 'postgres', 'global', 'pg_control'), 10);
    await using console = await TestConsole.open({ data: strong });
    const window = await console.trusted('unlock');
    await expect(window.getByText('The vault cannot be read')).toBeVisible();
    await window.getByRole('button', { name: /^Use generation/ }).click();
    await typePassphrase(window, PASSPHRASE);
    const app = await console.app();
    await expect(app.getByTestId('status-vault')).toContainText('unlocked');
    await expect(app.getByTestId('processes').getByRole('alert').first()).toContainText('database', {
      ignoreCase: true,
      timeout: 30_000,
    });
    await expect(app.getByTestId('status-service')).toContainText('down');
  });

  await test.step('a deleted vault is said, never quietly replaced', async () => {
    for (const file of strong.files(join(strong.path, 'vault')))
      if (file.includes('vault.sallyport')) rmSync(file);
    await using console = await TestConsole.open({ data: strong });
    const window = await console.trusted('unlock');
    await expect(window.getByText('The vault cannot be read')).toBeVisible();
    await expect(window.getByRole('button', { name: 'Start a new vault' })).toBeVisible();
  });
});

test('a folder that cannot be written to is a sentence before anything is opened', async () => {
  using data = new DataFolder();
  chmodSync(data.path, 0o500);
  try {
    const child = await until(/cannot write to .* Make the folder writable/, data);
    child.kill('SIGKILL');
    await gone(child);
    expect(data.files()).toHaveLength(1);
  } finally {
    chmodSync(data.path, 0o700);
  }
});

test('a switch that takes a wall away is refused by name', async () => {
  using data = new DataFolder();
  const child = await until(/does not run with --no-sandbox/, data, ['--no-sandbox']);
  child.kill('SIGKILL');
  await gone(child);
});

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { DataFolder, launchPlan, TestConsole } from './parts/console.ts';
import { mainsOn, pidsBelow } from './parts/processes.ts';
import {
  createVault,
  go,
  newKeys,
  PASSPHRASE,
  serviceIsLive,
  typePassphrase,
  unlock,
} from './parts/steps.ts';

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

test('a console without a network is called what it is, and its vault is given new keys there', async () => {
  using data = new DataFolder();
  // As if it had been started again inside a namespace, on a system that gave it none: what is not proven is not claimed.
  await using console = await TestConsole.open({ data, args: ['--air-gap=entered'] });
  const former = await createVault(console);
  const app = await console.app();
  await expect
    .poll(() => console.titles())
    .toContainEqual(expect.stringContaining('not enforced by the system'));
  await expect(app.getByTestId('status-service')).toContainText('stopped');
  await go(app, 'custody');
  await expect(app.getByTestId('custody-air-gap')).toContainText('requested, not enforced by the system');

  await go(app, 'vault');
  const left = app.waitForEvent('close');
  await app.getByRole('button', { name: 'Re-key', exact: true }).click();
  const window = await console.trusted('vault');
  await window.getByLabel('Current passphrase').fill('not the passphrase');
  await window.getByRole('button', { name: 'Make new keys' }).click();
  await expect(window.getByRole('alert').first()).toContainText('passphrase');
  const code = await newKeys(window);
  expect(code).not.toBe(former);
  // The vault has locked itself: the application's page is gone, and the passphrase is what it was.
  await left;
  await expect((await unlock(console)).getByTestId('status-vault')).toContainText('unlocked');
});

test('the air gap that a shell asks for is named as the system gave it', async () => {
  using data = new DataFolder();
  const isGiven = spawnSync('unshare', ['--user', '--map-current-user', '--net', '--', 'true']).status === 0;
  const plan = launchPlan({ data, args: ['--air-gap'] });
  spawn(plan.executable, plan.args, { env: plan.env, stdio: 'ignore' });
  const logged = () =>
    data
      .files()
      .filter((file) => file.endsWith('.log'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
  try {
    const proven = isGiven ? 'enforced' : 'requested';
    await expect.poll(logged, { timeout: 60_000 }).toContain(`"airGap":"${proven}"`);
    // What it is called rests on what was seen from inside, and the kernel says the same of that process.
    const seen = `"network":{"interfaces":["lo"],"up":[],"outside":"ENETUNREACH"}`;
    expect(logged().includes(seen)).toBe(isGiven);
    const [main = 0] = mainsOn(data.path);
    const network = (pid: number | 'self') => readlinkSync(`/proc/${pid}/ns/net`);
    expect(network(main) !== network('self')).toBe(isGiven);
  } finally {
    // The console has been started again: it is nobody's child here, and known by its folder.
    for (const pid of pidsBelow(1, data.path)) process.kill(pid, 'SIGKILL');
    await expect.poll(() => pidsBelow(1, data.path), { timeout: 20_000 }).toEqual([]);
  }
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

test('a mark of practice that was added to real data is a sentence, and nothing is opened', async () => {
  using data = new DataFolder();
  writeFileSync(join(data.path, 'PRACTICE'), '');
  const child = await until(/marked as a practice console’s, but its data are not/, data);
  child.kill('SIGKILL');
  await gone(child);
  expect(data.files(join(data.path, 'vault'))).toEqual([]);
  expect(data.files(join(data.path, 'logs'))).toEqual([]);
});

test('a switch that takes a wall away is refused by name', async () => {
  using data = new DataFolder();
  const child = await until(/does not run with --no-sandbox/, data, ['--no-sandbox']);
  child.kill('SIGKILL');
  await gone(child);
});

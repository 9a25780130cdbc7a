import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { operatorFile } from '../../shared/http/operator-file.ts';
import { askAdmin, untilClosed } from './parts/admin-plane.ts';
import { DataFolder, TestConsole } from './parts/console.ts';
import { compareCheckpoints, dropBundles, mirror, witness } from './parts/evidence.ts';
import {
  apiOf,
  askForKey,
  createKey,
  createVault,
  decide,
  enrol,
  go,
  inviteTool,
  lock,
  mintBatch,
  PASSPHRASE,
  revokeKey,
  serviceIsLive,
  signInMember,
  unlock,
  useKey,
} from './parts/steps.ts';

// Several starts and many waits in one flow; on a busy machine each takes its time.
test.setTimeout(240_000);

test('from the first run to a revoked key in the ledger, and no secret left anywhere', async () => {
  using data = new DataFolder();
  const secrets: string[] = [PASSPHRASE];
  {
    await using console = await TestConsole.open({ data });
    const recovery = await createVault(console);
    secrets.push(recovery, recovery.replaceAll('-', ''));
    const app = await console.app();
    await serviceIsLive(app);
    const api = await apiOf(app);

    await test.step('enrol, create a key, use it', async () => {
      await enrol(console, 'Ada');
      const secret = await createKey(console, 'ci-runner');
      expect(secret).toMatch(/^th_[A-Za-z0-9_-]{20,}$/);
      secrets.push(secret);
      expect(await useKey(api, secret)).toBe(200);
      expect(await app.content()).not.toContain(secret);
    });

    await test.step('declining the card changes nothing', async () => {
      await askForKey(app, 'unwanted');
      await decide(console, 'unwanted', 'Decline');
      await expect(app.getByTestId('signing-declined')).toBeVisible();
      await app.getByTestId('create-key').getByRole('button', { name: 'Cancel' }).click();
      await go(app, 'keys');
      await expect(app.getByTestId('key-row')).toHaveCount(1);
    });

    await test.step('revoke it: its next request is refused and the ledger says why', async () => {
      await revokeKey(console, 'ci-runner', 'seen in a public repository');
      expect(await useKey(api, secrets.at(-1) ?? '')).toBe(401);
      await go(app, 'ledger');
      await expect(
        app.getByTestId('ledger-row').filter({ hasText: 'Inference key revoked' }).first(),
      ).toBeVisible();
    });

    await test.step('the log is witnessed, mirrored, compared and verified from this console', async () => {
      const folder = (name: string) => {
        const path = join(data.path, name);
        mkdirSync(path);
        return path;
      };
      await witness(console);
      expect(await mirror(console, folder('mirror'))).toContain('checkpoints.jsonl');
      await compareCheckpoints(console, folder('checkpoints'));
      await dropBundles(console, folder('bundles'));
    });

    await test.step('a member signs in, makes a brand, and its first batch is minted', async () => {
      secrets.push(await signInMember(console, api, 'mina@example.org'));
      await mintBatch(console, 'Nordwind', 'Spring');
      await expect(app.getByTestId('job-row')).toContainText('completed', { timeout: 30_000 });
      await app.getByRole('button', { name: 'Spring', exact: true }).click();
      await expect(app.getByTestId('counts')).toContainText('10 tokens');
      await expect(app.getByTestId('token-row')).toHaveCount(10);
      await expect(app.getByTestId('member-row')).toHaveCount(1);
    });

    await test.step('the console has attacked itself, and signed what it found for the service', async () => {
      await go(app, 'boundaries');
      const row = app.getByTestId('console-row');
      await expect(row).toHaveCount(1);
      await expect(row).toContainText('this console');
      await expect(row).not.toContainText('never', { timeout: 90_000 });
    });

    await test.step('a lock ends what a local tool was given: token, stream and file', async () => {
      const path = await inviteTool(console, app);
      const file = operatorFile.parse(JSON.parse(readFileSync(path, 'utf8')));
      secrets.push(file.adminToken, file.enrolmentCode ?? '');
      expect((await askAdmin(file, '/api/keys')).statusCode).toBe(200);
      const stream = await askAdmin(file, '/api/events/stream');
      expect(stream.statusCode).toBe(200);
      const closed = untilClosed(stream);
      await lock(app);
      expect(await closed).toBeLessThan(5_000);
      expect((await askAdmin(file, '/api/keys')).statusCode).toBe(401);
      expect(existsSync(path)).toBe(false);
      expect(await console.electron.evaluate(({ clipboard }) => clipboard.readText())).toBe('');
    });

    await test.step('unlock: everything is still there', async () => {
      const again = await unlock(console);
      await serviceIsLive(again);
      await go(again, 'ledger');
      await expect(
        again.getByTestId('ledger-row').filter({ hasText: 'Inference key revoked' }).first(),
      ).toBeVisible();
    });
    await console.close();
    expect(console.pids('postgres')).toEqual([]);
  }
  await test.step('no issued secret is in any file', () => {
    const files = data.files().map((path) => ({ path, bytes: readFileSync(path) }));
    expect(files.some(({ path }) => path.includes('/service/postgres/'))).toBe(true);
    expect(files.some(({ path }) => path.endsWith('.log'))).toBe(true);
    for (const secret of secrets)
      expect(files.filter(({ bytes }) => bytes.includes(secret)).map(({ path }) => path)).toEqual([]);
  });
});

import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { awsRotation, doNextAwsStep } from '../../tests/fixtures/aws-rotation.ts';
import { bundleFixture } from '../../tests/fixtures/bundle.ts';
import { doNextStep, rotationOver } from '../../tests/fixtures/rotation.ts';
import { startAwsPeer } from '../../tests/fixtures/secret-versions.ts';
import { createVault, disposableDirectory, PASSPHRASE, vaultAt } from '../../tests/fixtures/vault.ts';
import type { Ceremony } from './ceremony.ts';
import { WalletItems } from './wallet-items.ts';

/** The long version: `SALLYPORT_KILLS=200`. */
const INSTANTS = Number(process.env.SALLYPORT_KILLS ?? 3);
const STEPS_OF_FOUR_ROTATIONS = 30;

/** Kills the process at a random instant within or after one of its steps. @returns how many it had reported */
async function killSometime(runner: string, directory: string, kill: number): Promise<number> {
  const child = fork(runner, [directory], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const reports = 1 + (kill % STEPS_OF_FOUR_ROTATIONS);
  let last = 0;
  child.on('message', (steps: number) => {
    last = steps;
    if (steps === reports) setTimeout(() => child.kill('SIGKILL'), Math.random() * 12);
  });
  await once(child, 'exit');
  return last;
}

/** How many steps the journals have: never fewer than were reported. */
const stepsOf = (ceremonies: readonly Ceremony[]): number =>
  ceremonies.reduce(
    (sum, { done, reverting, ended }) =>
      sum + Object.keys(done).length + Number(reverting) + Number(ended === 'aborted'),
    0,
  );

describe('a console that is killed in the middle of a rotation', () => {
  let runner = '';

  beforeAll(async () => {
    runner = await bundleFixture('rotation-runner');
  }, 60_000);

  it(
    'resumes to the end, has one key in force or none yet, and has lost none that is needed',
    async () => {
      for (let kill = 0; kill < INSTANTS; kill += 1) {
        await using directory = await disposableDirectory();
        const reported = await killSometime(runner, directory.path, kill * 7);
        const vault = await vaultAt(directory.path).unlock(PASSPHRASE, { acceptOlder: false });
        const rotation = rotationOver(directory.path, vault);
        const wallets = new WalletItems({
          holdings: () => vault.holdings,
          shared: null,
          random: randomBytes,
        });
        const found = await rotation.ceremonies();
        expect(stepsOf(found)).toBeGreaterThanOrEqual(reported);
        const holder = await rotation.holder();
        const wasEverSupplied = found.some(
          ({ done, unfinished }) => done.hydrated || unfinished === 'hydrated',
        );
        const takenBack = found.every(({ ended, reverting }) => ended === 'aborted' || reverting);
        if (holder) expect((await wallets.identify(holder.item)).address).toBe(holder.address);
        else expect(wasEverSupplied && !takenBack).toBe(false);
        const open = found.find(({ ended }) => ended === null);
        if (open?.reverting)
          await rotation.abort('taken back', open.done.generated?.former?.fingerprint ?? null);
        while (await doNextStep(rotation));
        const ended = await rotation.ceremonies();
        expect(ended.every((ceremony) => ceremony.ended !== null)).toBe(true);
        // One item for each key that was made and not destroyed: none lost, none made twice.
        const made = ended.map(({ done }) => done.generated?.item);
        const destroyed = ended.flatMap(({ done }) => (done.sunset ? [done.generated?.former?.item] : []));
        const kept = vault.holdings.list().flatMap(({ id, type }) => (type === 'wallet-key' ? [id] : []));
        expect(kept.sort()).toEqual(made.filter((item) => !destroyed.includes(item)).sort());
      }
    },
    60_000 + INSTANTS * 15_000,
  );
});

/** Describe, read, write, read back, describe; describe, move, describe, move, read back. */
const REQUESTS_OF_AN_IMPORT = 10;
const STEP_OF = [
  ...['sealed', 'sealed', 'imported', 'imported', 'imported'],
  ...Array.from({ length: 5 }, () => 'hydrated'),
];
/** Each of them with `SALLYPORT_KILLS=10`; the writing one and the promotion otherwise. */
const REQUESTS = INSTANTS < REQUESTS_OF_AN_IMPORT ? [3, 7] : Array.from({ length: 10 }, (_, at) => at + 1);

describe('a console that is killed while AWS works on its request', () => {
  let runner = '';

  beforeAll(async () => {
    runner = await bundleFixture('aws-runner');
  }, 60_000);

  it(
    'resumes, has written one version, and puts it in force only when the journal says so',
    async () => {
      for (const request of REQUESTS) {
        await using directory = await disposableDirectory();
        await createVault(directory.path);
        const peer = await startAwsPeer();
        const argv = [directory.path, String(peer.port), peer.wire.roots];
        const child = fork(runner, argv, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
        let requests = 0;
        // AWS does what it was asked although nobody waits for the answer any more.
        peer.onAsk = (_name, when) => {
          if (when === 'asked') requests += 1;
          if (requests === request) child.kill('SIGKILL');
        };
        await once(child, 'exit');
        expect(child.signalCode).toBe('SIGKILL');
        peer.onAsk = () => undefined;
        const vault = await vaultAt(directory.path).unlock(PASSPHRASE, { acceptOlder: false });
        const rotation = awsRotation(directory.path, vault, peer.wire);
        const [found] = await rotation.ceremonies();
        expect(found?.unfinished ?? 'sealed').toBe(STEP_OF[request - 1]);
        while (await doNextAwsStep(rotation, vault));
        const [ended] = await rotation.ceremonies();
        expect(ended?.ended).toBe('recorded');
        expect(peer.versions.all.size).toBe(2);
        expect(peer.versions.with('AWSCURRENT')).toBe(ended?.done.imported?.staged?.version);
        expect(peer.versions.with('AWSPREVIOUS')).toBe(ended?.done.imported?.staged?.base);
        await peer.close();
      }
    },
    60_000 + INSTANTS * 15_000,
  );
});

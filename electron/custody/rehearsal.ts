import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { DEVNET_GENESIS } from './ceremony.ts';
import { readKey } from './key-formats.ts';
import { type Drill, type DrillOf, EMPTY, must, refuses, Stage, tried } from './rehearsal-stage.ts';
import { DRILLS_OF_TWO, StageForTwo } from './rehearsal-two.ts';
import { openPackage, parsePackage } from './sealed-package.ts';
import { identityOf, publicKeyOf } from './wallet-key.ts';

export interface Rehearsed {
  readonly drills: readonly Drill[];
  /** Addresses that existed during the rehearsal only. Nothing may ever be sent to them. */
  readonly throwAway: readonly string[];
  /** Key ids of both operators of the wallet of two persons: drawn for the rehearsal, and nobody's. */
  readonly secondKeys: readonly string[];
}

async function packageDrill(stage: Stage): Promise<void> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const text = (await stage.console().seal(recipient)) ?? '';
  const { id, generated } = await stage.current();
  const expected = { ceremony: id, recipient, custodians: stage.custodians, wasImported: () => false };
  const content = Buffer.from(await openPackage(text, identity, expected));
  const seed = readKey(content.toString('utf8'));
  must(identityOf(publicKeyOf(seed)).fingerprint === generated.wallet.fingerprint);
  for (const secret of [seed, content]) secret.fill(0);
  const made = parsePackage(text);
  const opens = (changed: object, how: object = {}) =>
    openPackage(JSON.stringify({ ...made, ...changed }), identity, { ...expected, ...how });
  must(await refuses('package-foreign', opens({}, { wasImported: () => true })));
  must(await refuses('package-foreign', opens({}, { ceremony: '00000000-0000-4000-8000-000000000000' })));
  must(await refuses('package-unsigned', opens({}, { custodians: new Map() })));
  must(
    await refuses(
      'package-unsigned',
      opens({ digest: made.digest.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) }),
    ),
  );
}

/** In this order: each begins where the one before ended. */
const DRILLS: readonly DrillOf<Stage>[] = [
  [
    'The first wallet is made, taken into service and recorded, by a console that is started anew for every step',
    async (stage) => {
      await stage.open();
      await stage.upTo(null);
      must((await stage.current()).ended === 'recorded');
    },
  ],
  [
    'A step out of its turn is refused',
    async (stage) => {
      await stage.open();
      must(await refuses('step-refused', stage.console().observed('swept', EMPTY)));
    },
  ],
  ['A package opens for its recipient once, and neither replayed nor foreign nor unsigned', packageDrill],
  [
    'Another fingerprint than the new wallet’s is refused at the import and after the restart',
    async (stage) => {
      const other = 'f'.repeat(64);
      must(await refuses('step-refused', stage.console().imported(other)));
      await stage.console().imported((await stage.current()).generated.wallet.fingerprint);
      await stage.console().beginHydration();
      const evidence = { fingerprint: other, sessionsRevoked: 0 };
      must(await refuses('step-refused', stage.console().observed('hydrated', evidence)));
    },
  ],
  [
    'An abort after the restart counts only when the former key is back, and it is in force again',
    async (stage) => {
      const former = (await stage.current()).generated.former?.fingerprint ?? '';
      await stage.console().revert();
      must(await refuses('step-refused', stage.console().abort('Rehearsal', null)));
      await stage.console().abort('Rehearsal', former);
      must((await stage.console().holder())?.fingerprint === former);
    },
  ],
  [
    'Another cluster than Devnet is refused',
    async (stage) => {
      await stage.open();
      await stage.upTo('confirmed');
      const evidence = {
        genesisHash: 'mainnet' as typeof DEVNET_GENESIS,
        version: 'rehearsal',
        balance: '0',
      };
      must(await refuses('step-refused', stage.console().observed('confirmed', evidence)));
      await stage.upTo('swept');
    },
  ],
  [
    'What is signed to sweep the former wallet is read from its bytes and goes to the new one',
    (stage) => stage.sweep(stage.console()),
  ],
  [
    'A former wallet that is not empty is not retired, nor one that nobody retired',
    async (stage) => {
      must(await refuses('step-refused', stage.console().observed('swept', { ...EMPTY, remaining: '1' })));
      await stage.upTo('sunset');
      must(await refuses('step-refused', stage.console().sunset({ proof: 'no-former-wallet' })));
    },
  ],
  [
    'The former key is destroyed, one key is in force, and the change log is the same each time',
    async (stage) => {
      await stage.upTo(null);
      const { generated, done, id } = await stage.current();
      must((await stage.console().holder())?.fingerprint === generated.wallet.fingerprint);
      must((await stage.console().changeLog(id)).digest === done.recorded?.changeLog);
    },
  ],
  [
    'A changed line of a journal is found',
    async (stage) => {
      await stage.damageNewest();
      must(await refuses('ceremony-damaged', stage.console().ceremonies()));
    },
  ],
];

/**
 * A whole rotation and its failures on throw-away keys, of a wallet of one person and of one of two. It is given no vault, no wallet of
 * it, nobody else's key and no way to a network; what it wrote is removed when it ends.
 * @param folder made and removed again
 */
export async function rehearse(folder: string, now: () => Date): Promise<Rehearsed> {
  const stage = new Stage(join(folder, 'one'), now);
  const two = new StageForTwo(join(folder, 'two'), now);
  try {
    const drills = [...(await tried(stage, DRILLS)), ...(await tried(two, DRILLS_OF_TWO))];
    return { drills, throwAway: [...stage.addresses, ...two.addresses], secondKeys: two.keyIds };
  } finally {
    for (const { destroy } of [stage, two]) destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { base58 } from '@scure/base';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { signingHandle } from '../vault/items.ts';
import { DEVNET_GENESIS, type Evidence, nextStep } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';
import { readKey } from './key-formats.ts';
import { decodeMessage } from './message-card.ts';
import { Rotation } from './rotation.ts';
import { openPackage, parsePackage } from './sealed-package.ts';
import { nextTransfer, signTransfer } from './sweep.ts';
import { throwAwayHoldings } from './throw-away.ts';
import { addressBytes, identityOf, publicKeyOf } from './wallet-key.ts';

/** One thing that was tried on throw-away keys, and whether it went as it must. */
export interface Drill {
  readonly what: string;
  readonly passed: boolean;
}

export interface Rehearsed {
  readonly drills: readonly Drill[];
  /** Addresses that existed during the rehearsal only. Nothing may ever be sent to them. */
  readonly throwAway: readonly string[];
}

const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');
/** A retirement as a custodian copies it: nobody signed one for a key that is thrown away. */
const RETIRED: Evidence<'sunset'> = {
  proof: 'item-destroyed',
  retirement: { seen: 'by-hand', proposal: `prp_${'0'.repeat(26)}`, digest: '0'.repeat(64) },
};
const EMPTY = { transactions: [], remaining: '0', tokenAccounts: 0 };

class Failed extends Error {}
const must = (holds: boolean): void => {
  if (!holds) throw new Failed();
};

/** Whether custody refuses with this very code. */
const refuses = (code: CustodyError['code'], work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => error instanceof CustodyError && error.code === code,
  );

/** A stage for one rehearsal: keys in memory, journals in a folder of their own, signed by a key that is thrown away as well. */
class Stage {
  readonly #holdings = throwAwayHoldings();
  readonly #custodian = signingHandle(randomBytes(32));
  readonly #folder: string;
  readonly #now: () => Date;
  readonly addresses = new Set<string>();

  constructor(folder: string, now: () => Date) {
    this.#folder = folder;
    this.#now = now;
  }

  /** As a console that was killed and started again finds it. */
  console(): Rotation {
    return new Rotation({
      folder: this.#folder,
      holdings: () => this.#holdings,
      custodian: this.#custodian,
      now: this.#now,
      random: randomBytes,
      shared: null,
      keychain: async () => 'system',
      wire: {
        dial: () => {
          throw new CustodyError('aws-unreachable', 'A rehearsal reaches nothing.');
        },
      },
    });
  }

  get custodians(): ReadonlyMap<string, string> {
    return new Map([[this.#custodian.keyId, this.#custodian.publicKey]]);
  }

  async current() {
    const found = (await this.console().ceremonies()).at(-1);
    if (!found?.done.generated) throw new Failed();
    return { ...found, generated: found.done.generated };
  }

  async open(): Promise<void> {
    this.addresses.add((await this.console().open('Rehearsal', null)).address);
  }

  /** Takes the rotation to a step, by a new console for each. */
  async upTo(step: ReturnType<typeof nextStep>): Promise<void> {
    for (;;) {
      const ceremony = await this.current();
      const next = nextStep(ceremony);
      if (next === step || next === null) return;
      await this.#do(next, ceremony.generated);
    }
  }

  async #do(step: NonNullable<ReturnType<typeof nextStep>>, generated: Evidence<'generated'>): Promise<void> {
    const rotation = this.console();
    const { fingerprint } = generated.wallet;
    if (step === 'sealed') await rotation.seal(null);
    else if (step === 'imported') await rotation.imported(null);
    else if (step === 'hydrated') {
      await rotation.beginHydration();
      await this.console().observed('hydrated', { fingerprint, sessionsRevoked: 0 });
    } else if (step === 'confirmed')
      await rotation.observed('confirmed', {
        genesisHash: DEVNET_GENESIS,
        version: 'rehearsal',
        balance: '0',
      });
    else if (step === 'swept') await rotation.observed('swept', EMPTY);
    else if (step === 'sunset')
      await rotation.sunset(generated.former ? RETIRED : { proof: 'no-former-wallet' });
    else if (step === 'recorded') await rotation.record();
  }

  destroy = (): void => this.#holdings.destroy();

  async damageNewest(): Promise<void> {
    const name =
      (await readdir(this.#folder))
        .filter((one) => one.endsWith('.jsonl'))
        .sort()
        .at(-1) ?? '';
    const path = join(this.#folder, name);
    await writeFile(path, (await readFile(path, 'utf8')).replace('Rehearsal', 'rehearsal'));
  }
}

/** Builds, reads back and signs what would move everything; it is never sent, and its blockhash is no cluster's. */
async function sweepDrill(stage: Stage): Promise<void> {
  const { generated } = await stage.current();
  const { former, wallet } = generated;
  const remains = {
    ...{
      blockhash: base58.encode(randomBytes(32)),
      lastValidBlockHeight: '0',
      lamports: '10000',
      tokens: [],
    },
  };
  const unsigned = former && (await nextTransfer(remains, former.address, wallet.address));
  if (!unsigned || !former) throw new Failed();
  const message = Uint8Array.from(unsigned.messageBytes);
  const { facts, unknown, neverExpires } = decodeMessage(message);
  must(
    unknown === 0 &&
      !neverExpires &&
      facts.some(({ value }) => value.endsWith(`from ${former.address} to ${wallet.address}`)),
  );
  const { signature } = await stage.console().signAsFormer((handle) => signTransfer(unsigned, handle));
  const der = Buffer.concat([SPKI_ED25519, addressBytes(former.address)]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  must(verify(null, message, key, base58.decode(signature)));
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
const DRILLS: readonly (readonly [what: string, run: (stage: Stage) => Promise<void>])[] = [
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
  ['What is signed to sweep the former wallet is read from its bytes and goes to the new one', sweepDrill],
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
 * A whole rotation and its failures on throw-away keys. It is given no vault, no wallet of it and no way to a network; what it wrote is
 * removed when it ends.
 * @param folder made and removed again
 */
export async function rehearse(folder: string, now: () => Date): Promise<Rehearsed> {
  const stage = new Stage(folder, now);
  const drills: Drill[] = [];
  try {
    for (const [what, run] of DRILLS) {
      const passed = await run(stage).then(
        () => true,
        () => false,
      );
      drills.push({ what, passed });
    }
  } finally {
    stage.destroy();
    await rm(folder, { recursive: true, force: true });
  }
  return { drills, throwAway: [...stage.addresses] };
}

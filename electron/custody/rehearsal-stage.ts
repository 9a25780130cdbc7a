import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { base58 } from '@scure/base';
import { DEVNET_GENESIS, type Evidence, nextStep } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';
import { decodeMessage } from './message-card.ts';
import type { TwoPersons } from './persons.ts';
import { Rotation } from './rotation.ts';
import { nextTransfer, signTransfer } from './sweep.ts';
import { type ThrowAwayConsole, throwAwayConsole } from './throw-away.ts';
import { addressBytes } from './wallet-key.ts';

const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');
/** A retirement as a custodian copies it: nobody signed one for a key that is thrown away. */
const RETIRED: Evidence<'sunset'> = {
  proof: 'item-destroyed',
  retirement: { seen: 'by-hand', proposal: `prp_${'0'.repeat(26)}`, digest: '0'.repeat(64) },
};
export const EMPTY = { transactions: [], remaining: '0', tokenAccounts: 0 };
/** Of the console of a rehearsal, and the name that its operator has there. */
export const REHEARSING = 'First of the rehearsal';

export class Failed extends Error {}
export const must = (holds: boolean): void => {
  if (!holds) throw new Failed();
};

/** Whether custody refuses with this very code. */
export const refuses = (code: CustodyError['code'], work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => error instanceof CustodyError && error.code === code,
  );

/** One thing that is tried, in words for whoever reads the record, and how. */
export type DrillOf<On> = readonly [what: string, run: (on: On) => Promise<void>];

/** One thing that was tried on throw-away keys, and whether it went as it must. */
export interface Drill {
  readonly what: string;
  readonly passed: boolean;
}

/** Each of them by itself: one that failed stops none of the others. */
export async function tried<On>(on: On, drills: readonly DrillOf<On>[]): Promise<Drill[]> {
  const done: Drill[] = [];
  for (const [what, run] of drills) {
    const passed = await run(on).then(
      () => true,
      () => false,
    );
    done.push({ what, passed });
  }
  return done;
}

/** A stage for one rehearsal: keys in memory, journals in a folder of their own, signed by a key that is thrown away as well. */
export class Stage {
  readonly own: ThrowAwayConsole;
  readonly #folder: string;
  readonly #now: () => Date;
  #ahead = 0;
  readonly addresses = new Set<string>();

  constructor(folder: string, now: () => Date) {
    this.#folder = folder;
    this.#now = now;
    this.own = throwAwayConsole(REHEARSING, this.now);
  }

  /** The clock of everybody on this stage. */
  readonly now = (): Date => new Date(this.#now().getTime() + this.#ahead);

  pass(ms: number): void {
    this.#ahead += ms;
  }

  /** As a console that was killed and started again finds it: what a second operator gave is gone. */
  start() {
    const second = this.own.second();
    const rotation = new Rotation({
      folder: this.#folder,
      holdings: () => second.holdings,
      custodian: this.own.custodian,
      now: this.now,
      random: randomBytes,
      shared: second,
      keychain: async () => 'system',
      wire: {
        dial: () => {
          throw new CustodyError('aws-unreachable', 'A rehearsal reaches nothing.');
        },
      },
    });
    return { rotation, second };
  }

  console(): Rotation {
    return this.start().rotation;
  }

  get custodians(): ReadonlyMap<string, string> {
    const { keyId, publicKey } = this.own.custodian;
    return new Map([[keyId, publicKey]]);
  }

  async current() {
    const found = (await this.console().ceremonies()).at(-1);
    if (!found?.done.generated) throw new Failed();
    return { ...found, generated: found.done.generated };
  }

  async open(persons: TwoPersons | null = null): Promise<void> {
    this.addresses.add((await this.console().open('Rehearsal', null, persons)).address);
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
    else if (step === 'imported') await rotation.imported(fingerprint);
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

  /**
   * Builds, reads back and signs what would move everything; it is never sent, and its blockhash is no cluster's.
   * @param rotation a console that may sign for the former wallet
   */
  async sweep(rotation: Rotation): Promise<void> {
    const { former, wallet } = (await this.current()).generated;
    const blockhash = base58.encode(randomBytes(32));
    const remains = { blockhash, lastValidBlockHeight: '0', lamports: '10000', tokens: [] };
    const unsigned = former && (await nextTransfer(remains, former.address, wallet.address));
    if (!unsigned || !former) throw new Failed();
    const message = Uint8Array.from(unsigned.messageBytes);
    const { facts, unknown, neverExpires } = decodeMessage(message);
    const isWhole = facts.some(({ value }) => value.endsWith(`from ${former.address} to ${wallet.address}`));
    must(unknown === 0 && !neverExpires && isWhole);
    const { signature } = await rotation.signAsFormer((handle) => signTransfer(unsigned, handle));
    const der = Buffer.concat([SPKI_ED25519, addressBytes(former.address)]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    must(verify(null, message, key, base58.decode(signature)));
  }

  destroy = (): void => this.own.holdings.destroy();

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

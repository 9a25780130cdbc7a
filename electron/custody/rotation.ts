import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { SigningHandle } from '../vault/items.ts';
import { awsSecret } from './aws-access.ts';
import { AwsSteps } from './aws-steps.ts';
import type { Wire } from './aws-store.ts';
import { type Ceremonies, type Holder, holderOf, openCeremonies } from './ceremonies.ts';
import {
  abortNeeds,
  apply,
  type Ceremony,
  type CeremonyRecord,
  type Evidence,
  nextStep,
  type Step,
} from './ceremony.ts';
import { type ChangeLog, changeLogOf } from './change-log.ts';
import type { Journal } from './journal.ts';
import { readKey } from './key-formats.ts';
import { readPackage, writePackage } from './package-file.ts';
import type { TwoPersons } from './persons.ts';
import {
  generatedOf,
  holdOf,
  keptByType,
  payloadOf,
  refused,
  requireKeychain,
  requireSamePersons,
} from './rotation-parts.ts';
import { sealPackage } from './sealed-package.ts';
import { WalletItems, type WalletItemsDeps } from './wallet-items.ts';
import { type WalletHandle, type WalletIdentity, walletHandle } from './wallet-key.ts';

export interface RotationDeps extends WalletItemsDeps {
  /** Inside the vault's directory; made when it is missing. */
  readonly folder: string;
  readonly custodian: Pick<SigningHandle, 'keyId' | 'publicKey' | 'sign'>;
  readonly now: () => Date;
  readonly keychain: () => Promise<VaultStatus['keychain']>;
  /** Carries what is encrypted to AWS; this process opens no socket. */
  readonly wire: Wire;
}

/** The new wallet, and whose keys open it as the journal says: null for one person's. */
export interface Opened extends WalletIdentity {
  readonly persons: TwoPersons | null;
}

/**
 * The rotation as it is done: each method is one step, may be called again after a crash at any instant, and has its record on the
 * disk before anything outside changes. Nothing here opens a socket; what the network says is handed in as evidence.
 */
export class Rotation {
  readonly #deps: RotationDeps;
  readonly #aws: AwsSteps;
  readonly #wallets: WalletItems;
  #opened: Promise<Ceremonies> | null = null;
  constructor(deps: RotationDeps) {
    this.#deps = deps;
    this.#aws = new AwsSteps(deps);
    this.#wallets = new WalletItems(deps);
  }

  #all(): Promise<Ceremonies> {
    this.#opened ??= openCeremonies(this.#deps.folder, this.#deps).catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async ceremonies(): Promise<readonly Ceremony[]> {
    return (await this.#all()).all().map(({ ceremony }) => ceremony);
  }

  async holder(): Promise<Holder | null> {
    return holderOf(await this.ceremonies());
  }

  async #running(step?: Step): Promise<{ journal: Journal; ceremony: Ceremony }> {
    const open = (await this.#all()).all().find(({ ceremony }) => ceremony.ended === null);
    if (!open) throw refused('No rotation is open. Open one first.');
    const { journal, ceremony } = open;
    const next = nextStep(ceremony);
    if (step && next !== step) throw refused(`The next step is “${next}”, not “${step}”.`);
    return { journal, ceremony };
  }

  /**
   * Opens a rotation and makes its key; resumes one that was killed in between.
   * @param formerItem the wallet key of the vault that is replaced, where no earlier rotation says which it is
   * @param persons whose two keys the new wallet needs; null for one person's, or for whatever a rotation that is resumed says
   * @throws CustodyError `step-refused` when the rotation that is resumed is of others: the wallet would be another one than promised
   */
  async open(reason: string, formerItem: string | null, persons: TwoPersons | null = null): Promise<Opened> {
    const journal = await (await this.#all()).current();
    const resumed = journal.ceremony();
    if (resumed) requireSamePersons(resumed, persons);
    else {
      requireKeychain(await this.#deps.keychain());
      const former = (await this.holder())?.item ?? formerItem;
      const opened = { type: 'opened', ceremony: randomUUID(), reason, former } as const;
      await journal.append(persons ? { ...opened, persons } : opened);
    }
    return this.#generate();
  }

  async #generate(): Promise<Opened> {
    const { journal, ceremony } = await this.#running('generated');
    const former = await this.#formerOf(ceremony.formerItem);
    await journal.append({ type: 'began', step: 'generated' });
    const item = await this.#wallets.make(ceremony);
    const wallet = await this.#wallets.identify(item);
    await journal.append({ type: 'done', step: 'generated', evidence: { item, wallet, former } });
    return { ...wallet, persons: ceremony.persons };
  }

  async #formerOf(item: string | null): Promise<Evidence<'generated'>['former']> {
    return item === null ? null : { ...(await this.#wallets.identify(item)), item };
  }

  /** The second operator's approval stands in the journal before the key is used by it. */
  async approved(approval: Omit<Extract<CeremonyRecord, { type: 'approved' }>, 'type'>): Promise<void> {
    const { journal } = await this.#running();
    await journal.append({ type: 'approved', ...approval });
  }

  /**
   * What can be judged before a second operator's approval is used up on this step: its turn, and what stands at AWS.
   * @throws CustodyError
   */
  async requireReady(step: 'sealed' | 'imported' | 'swept'): Promise<void> {
    const { ceremony } = await this.#running(step);
    if (step === 'imported' && ceremony.done.sealed?.way === 'aws') await this.#aws.look(ceremony);
  }

  /** @param recipient age recipient of the machine that the service runs on; null: the bundled service reads this vault */
  async seal(recipient: string | null): Promise<string | null> {
    const { journal, ceremony } = await this.#running('sealed');
    if (recipient === null && ceremony.persons)
      throw refused(
        'The bundled service opens its wallet at every start, alone. Name the machine that this wallet of two persons goes to.',
      );
    await journal.append({ type: 'began', step: 'sealed' });
    if (recipient === null) {
      await journal.append({ type: 'done', step: 'sealed', evidence: { way: 'vault' } });
      return null;
    }
    const { item } = generatedOf(ceremony);
    const text = await this.#deps.holdings().use(item, 'seal', async (secret) => {
      const payload = payloadOf(secret);
      try {
        return await sealPackage(payload, { ceremony: ceremony.id, recipient }, this.#deps.custodian);
      } finally {
        payload.fill(0);
      }
    });
    const digest = await writePackage(this.#packagePath(ceremony), text);
    await journal.append({ type: 'done', step: 'sealed', evidence: { way: 'package', digest, recipient } });
    return text;
  }

  /** Decides that the key goes into this secret at AWS. @throws CustodyError `aws-refused` */
  async sealToAws(secret: string, credentials: string): Promise<void> {
    const { journal } = await this.#running('sealed');
    const { arn } = awsSecret(secret);
    await this.#aws.check(credentials);
    const evidence = { way: 'aws', secret: arn, credentials } as const;
    await journal.append({ type: 'done', step: 'sealed', evidence });
  }

  /** Writes the key to AWS, where nothing reads it yet, and reads it back. */
  async importToAws(): Promise<void> {
    await this.#aws.stage(await this.#running('imported'));
  }

  #packagePath = (ceremony: Ceremony): string => join(this.#deps.folder, `${ceremony.id}.sealed`);

  /** The sealed package again, the same bytes. */
  async package(): Promise<string> {
    const { ceremony } = await this.#running();
    if (ceremony.done.sealed?.way !== 'package')
      throw refused('The key of this rotation stays in the vault.');
    return readPackage(this.#packagePath(ceremony));
  }

  /** @param seen fingerprint as the other machine shows it; null: read back from this vault */
  async imported(seen: string | null): Promise<void> {
    const { journal, ceremony } = await this.#running('imported');
    const byHand = ceremony.done.sealed?.way === 'package';
    const fingerprint = byHand
      ? (seen ?? '')
      : (await this.#wallets.identify(generatedOf(ceremony).item)).fingerprint;
    await journal.append({ type: 'done', step: 'imported', evidence: { fingerprint } });
  }

  /** From this record on the service is started with the new key only. */
  async beginHydration(): Promise<void> {
    const { journal } = await this.#running('hydrated');
    const ceremony = await journal.append({ type: 'began', step: 'hydrated' });
    if (ceremony.done.sealed?.way === 'aws') await this.#aws.promote({ journal, ceremony });
  }

  /** What was seen outside: the service's own word, the cluster's, or the empty wallet. */
  async observed<S extends 'hydrated' | 'confirmed' | 'swept'>(
    step: S,
    evidence: Evidence<S>,
  ): Promise<void> {
    const { journal } = await this.#running(step);
    await journal.append({ type: 'done', step, evidence });
    if (step === 'swept') this.#deps.shared?.end();
  }

  /** Signatures are on the disk before a transaction leaves; a crash in between finds them and asks the cluster about them. */
  async beginSweep(transactions: readonly string[]): Promise<void> {
    const { journal } = await this.#running('swept');
    await journal.append({ type: 'began', step: 'swept', transactions: [...transactions] });
  }

  /** Signs as the former wallet, whose key is opened for this one call. */
  async signAsFormer<T>(sign: (handle: WalletHandle) => T | Promise<T>): Promise<T> {
    const { ceremony } = await this.#running('swept');
    const { former } = generatedOf(ceremony);
    if (!former) throw refused('This is the first wallet: there is nothing to sweep.');
    const seed = await this.#deps
      .holdings()
      .use(former.item, 'sign', (secret) => readKey(secret.toString('utf8')));
    return sign(walletHandle(seed));
  }

  /** Destroys the former key in this vault. Called again, it finds it gone. */
  async sunset(evidence: Evidence<'sunset'>): Promise<void> {
    const { journal, ceremony } = await this.#running('sunset');
    const { former } = generatedOf(ceremony);
    const done = { type: 'done', step: 'sunset', evidence } as const;
    // What would be refused afterwards destroys nothing now.
    apply(ceremony, done);
    this.#deps.shared?.end();
    await journal.append({ type: 'began', step: 'sunset' });
    if (former && this.#wallets.has(former.item)) await this.#deps.holdings().remove(former.item);
    await journal.append(done);
  }

  async record(): Promise<ChangeLog> {
    const { journal } = await this.#running('recorded');
    await journal.append({ type: 'began', step: 'recorded' });
    const log = changeLogOf(journal.lines(), this.#deps.custodian);
    await journal.append({ type: 'done', step: 'recorded', evidence: { changeLog: log.digest } });
    return log;
  }

  /** The change log of a rotation, whole or as far as it has come. */
  async changeLog(id: string): Promise<ChangeLog> {
    const found = (await this.#all()).all().find(({ ceremony }) => ceremony.id === id);
    if (!found) throw refused('There is no such rotation.');
    return changeLogOf(found.journal.lines(), this.#deps.custodian);
  }

  /** The first half of an abort that has a key to put back: from here on the service is started with the former one. */
  async revert(): Promise<void> {
    const { journal, ceremony } = await this.#running();
    if (abortNeeds(ceremony) === 'restore-service' && !ceremony.reverting)
      await journal.append({ type: 'reverting' });
    await this.#aws.withdraw({ ceremony });
  }

  /** @param restored what the service holds again, as it was seen; null where nothing had been changed */
  async abort(reason: string, restored: string | null): Promise<void> {
    const { journal } = await this.#running();
    this.#deps.shared?.end();
    await journal.append({ type: 'aborted', reason, restored });
  }

  /** The seed that the bundled service is started with, or null; the caller wipes it. */
  async suppliedSeed(): Promise<Buffer | null> {
    const holder = await this.holder();
    if (holder?.way !== 'vault' || !this.#wallets.has(holder.item)) return null;
    return this.#deps.holdings().use(holder.item, 'supply', (secret) => readKey(secret.toString('utf8')));
  }

  /** Why this item may not be removed by hand; null when it may. */
  async heldBy(item: string): Promise<string | null> {
    const kept = keptByType(this.#wallets.typeOf(item));
    if (kept) return kept;
    const open = (await this.ceremonies()).find(({ ended }) => ended === null);
    const hold = open ? holdOf(open, item) : null;
    if (hold) return hold;
    return (await this.holder())?.item === item
      ? 'The service pays with this wallet. Rotate to another one first; that retires it.'
      : null;
  }
}

import { randomBytes } from 'node:crypto';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { type Deed, sweepDeed } from './deed.ts';
import { readKey } from './key-formats.ts';
import type { TwoPersons } from './persons.ts';
import { type DrillOf, EMPTY, must, REHEARSING, refuses, Stage } from './rehearsal-stage.ts';
import { openPackage } from './sealed-package.ts';
import { REQUEST_MS, requestDigest, writeAnswer } from './second-files.ts';
import { type ThrowAwayConsole, throwAwayConsole } from './throw-away.ts';
import {
  headerDigest,
  joinParts,
  openPart,
  SHARED_TYPE,
  type SharedWallet,
  sealPart,
} from './two-person-wallet.ts';
import { identityOf, publicKeyOf } from './wallet-key.ts';

/** Three consoles in one keeper: the one that has the wallet, the one that is asked, and one that nobody asked. */
export class StageForTwo extends Stage {
  readonly second: ThrowAwayConsole;
  readonly stranger: ThrowAwayConsole;

  constructor(folder: string, now: () => Date) {
    super(folder, now);
    this.second = throwAwayConsole('Second of the rehearsal', this.now);
    this.stranger = throwAwayConsole('Stranger of the rehearsal', this.now);
  }

  /** The two keys that opened its wallet. Neither is any operator's. */
  get keyIds(): string[] {
    return [this.own, this.second].map(({ custodian }) => custodian.keyId);
  }

  /** As if the file of this console had come, and this key had been told. */
  async meets(
    from: ThrowAwayConsole,
    told = from.custodian.publicKey,
    known: Parameters<ReturnType<ThrowAwayConsole['second']>['meet']>[2] = [],
  ): Promise<TwoPersons> {
    const introduction = await from.second().introduction(from.name);
    return this.own.second().meet(REHEARSING, { introduction, key: told }, known);
  }

  async wallet(): Promise<{ readonly item: string; readonly id: string }> {
    const { id, generated } = await this.current();
    return { item: generated.item, id };
  }

  override destroy = (): void => {
    for (const { holdings } of [this.own, this.second, this.stranger]) holdings.destroy();
  };
}

const nothing = async (): Promise<void> => undefined;

async function openPartAt(at: ThrowAwayConsole, part: string, bound: Uint8Array): Promise<Buffer> {
  return at.receiving.withIdentity('check', (identity) => openPart(part, identity, bound));
}

/** What one console has is one part; put in both places it opens nothing. */
async function mustNeedBoth(shared: SharedWallet, { own, second }: StageForTwo): Promise<void> {
  const bound = headerDigest(shared.header);
  must(await refuses('second-foreign', openPartAt(own, shared.parts.second, bound)));
  must(await refuses('second-foreign', openPartAt(second, shared.parts.first, bound)));
  const part = await openPartAt(own, shared.parts.first, bound);
  const joined = Promise.resolve().then(() => joinParts(shared, part, part));
  must(await refuses('second-altered', joined));
  part.fill(0);
}

/** A person is asked, approves, and what comes back is of this request. */
async function sealedWithBoth(stage: StageForTwo): Promise<void> {
  const [identity, other] = [await generateX25519Identity(), await generateX25519Identity()];
  const { item, id } = await stage.wallet();
  const deed: Deed = { action: 'seal', rotation: id, recipient: await identityToRecipient(identity) };
  const { rotation, second } = stage.start();
  const { text } = await second.ask(item, deed);
  const answer = await stage.second.second().approve(text);
  // Its file may have been lost on the way; a second answer to one request would be a second part of the key.
  must((await stage.second.second().approve(text)) === answer);
  const elsewhere = { ...deed, recipient: await identityToRecipient(other) };
  must(await refuses('second-foreign', second.during(item, elsewhere, answer, nothing)));
  const later = answer.replace(/"at":"\d{4}/, '"at":"1999');
  must(later !== answer && (await refuses('second-altered', second.during(item, deed, later, nothing))));
  const sealed = await second.during(item, deed, answer, async (approval) => {
    await rotation.approved(approval);
    return rotation.seal(deed.recipient);
  });
  must(await refuses('second-replayed', second.during(item, deed, answer, nothing)));
  const { recipient } = deed;
  const expected = { ceremony: id, recipient, custodians: stage.custodians, wasImported: () => false };
  const content = Buffer.from(await openPackage(sealed ?? '', identity, expected));
  const seed = readKey(content.toString('utf8'));
  const { fingerprint } = identityOf(publicKeyOf(seed));
  for (const secret of [seed, content]) secret.fill(0);
  must(fingerprint === (await stage.current()).generated.wallet.fingerprint);
}

async function sweptWithBoth(stage: StageForTwo): Promise<void> {
  await stage.upTo(null);
  await stage.open();
  await stage.upTo('swept');
  const ceremony = await stage.current();
  const item = ceremony.generated.former?.item ?? '';
  const deed = sweepDeed(ceremony);
  const { rotation, second } = stage.start();
  must(await refuses('second-needed', stage.sweep(rotation)));
  const answer = await stage.second.second().approve((await second.ask(item, deed)).text);
  await second.admitSweep(item, deed, answer, (approval) => rotation.approved(approval));
  const elsewhere = { ...deed, to: ceremony.generated.former?.address ?? '' };
  must(await refuses('second-needed', second.holdings.requireGranted(item, elsewhere)));
  await second.holdings.requireGranted(item, deed);
  await stage.sweep(rotation);
  // A lock ends the process, and with it what was admitted.
  must(await refuses('second-needed', stage.sweep(stage.console())));
  await rotation.observed('swept', EMPTY);
  must(await refuses('second-needed', second.holdings.requireGranted(item, deed)));
}

/** In this order: each begins where the one before ended. */
export const DRILLS_OF_TWO: readonly DrillOf<StageForTwo>[] = [
  [
    'As a second operator the same key twice, one person under two keys, a key that nobody told and a revoked one are refused',
    async (stage) => {
      must(await refuses('same-key', stage.meets(stage.own)));
      const again = throwAwayConsole(REHEARSING.toUpperCase(), stage.now);
      must(await refuses('same-person', stage.meets(again)));
      again.holdings.destroy();
      must(await refuses('second-foreign', stage.meets(stage.second, stage.stranger.custodian.publicKey)));
      const of = { name: REHEARSING, state: 'active' } as const;
      const known = stage.keyIds.map((keyId) => ({ ...of, keyId }));
      must(await refuses('same-person', stage.meets(stage.second, undefined, known)));
      const { name, custodian } = stage.second;
      const revoked = [{ keyId: custodian.keyId, name, state: 'revoked' }] as const;
      must(await refuses('second-revoked', stage.meets(stage.second, undefined, revoked)));
    },
  ],
  [
    'A wallet of two persons is made, and the key of neither opens it alone',
    async (stage) => {
      await stage.open(await stage.meets(stage.second));
      const { item } = await stage.wallet();
      const { rotation, second } = stage.start();
      must(await refuses('second-needed', second.holdings.use(item, 'seal', nothing)));
      must(await refuses('step-refused', rotation.seal(null)));
      must(stage.second.holdings.list().every(({ type }) => type !== SHARED_TYPE));
      await mustNeedBoth(await second.holdings.shared(item), stage);
    },
  ],
  [
    'A stranger’s key neither reads the request nor answers it, nor does the key that asked',
    async (stage) => {
      const { item } = await stage.wallet();
      const { second } = stage.start();
      const deed = { action: 'reveal' } as const;
      const { text, asked } = await second.ask(item, deed);
      must(await refuses('second-foreign', stage.stranger.second().inspect(text)));
      must(await refuses('second-self', second.approve(text)));
      const part = await sealPart(randomBytes(32), asked.reply, requestDigest(asked));
      for (const [by, code] of [
        [stage.stranger, 'second-foreign'],
        [stage.own, 'second-self'],
      ] as const) {
        const answer = writeAnswer(asked, { part, now: stage.now() }, by.custodian);
        must(await refuses(code, second.during(item, deed, answer, nothing)));
      }
    },
  ],
  ['It is sealed with both keys, once, and only to the recipient that was approved', sealedWithBoth],
  [
    'An approval that comes too late opens nothing',
    async (stage) => {
      const { item } = await stage.wallet();
      const { second } = stage.start();
      const deed = { action: 'reveal' } as const;
      const answer = await stage.second.second().approve((await second.ask(item, deed)).text);
      stage.pass(REQUEST_MS);
      must(await refuses('second-expired', second.during(item, deed, answer, nothing)));
    },
  ],
  [
    'Its sweep is signed to the admitted wallet only, until it is swept or the console is locked',
    sweptWithBoth,
  ],
  [
    'It is retired, one key is in force, and the change log names the second key of every approval; each is written down',
    async (stage) => {
      await stage.upTo(null);
      const { generated } = await stage.current();
      must((await stage.console().holder())?.fingerprint === generated.wallet.fingerprint);
      must(!stage.own.holdings.list().some(({ type }) => type === SHARED_TYPE));
      must(stage.own.approved.map(({ deed }) => deed.action).join() === 'seal,sweep');
      const by = `"by":"${stage.second.custodian.keyId}"`;
      for (const { id } of await stage.console().ceremonies())
        must((await stage.console().changeLog(id)).text.replaceAll('\\', '').includes(by));
    },
  ],
];

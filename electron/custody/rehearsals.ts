import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { SigningHandle } from '../vault/items.ts';
import { CustodyError } from './custody-error.ts';
import { rehearse } from './rehearsal.ts';

const FORMAT = 'sallyport-rehearsal';
/** No line of a real journal and no change log can be made from what is signed here. */
const DOMAIN = 'sallyport/rehearsal/v1';
const STAGE = 'rehearsing-';
const NAME = /^rehearsal-[0-9a-f-]{36}\.json$/;

const record = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  id: z.uuid(),
  at: z.iso.datetime(),
  /** In words, for whoever reads the file. */
  note: z.string(),
  drills: z.array(z.strictObject({ what: z.string(), passed: z.boolean() })),
  throwAway: z.array(z.string()),
  /**
   * Both operators of the drills with a wallet of two persons: keys that this rehearsal drew and held by itself, by key id. No second
   * person was in it. Records of before have none of these drills.
   */
  twoPersons: z
    .strictObject({ heldBy: z.literal('this-rehearsal-alone'), keyIds: z.array(z.string()) })
    .optional(),
  signer: z.string(),
  publicKey: z.string(),
  signature: z.string(),
});
export type RehearsalRecord = z.infer<typeof record>;

const NOTE =
  'A rehearsal on throw-away keys. No wallet of the vault was used and nothing was sent; send nothing to the addresses below. ' +
  'Where two persons are needed, both keys were drawn and held by this rehearsal: it shows what the consoles accept and refuse, and ' +
  'not that a second operator was reached or would have approved.';

const signedBytes = ({ signature: _, ...signed }: RehearsalRecord): Buffer =>
  Buffer.from(canonicalize([DOMAIN, signed]) ?? '');

const textOf = (made: RehearsalRecord): string => `${JSON.stringify(made, null, 2)}\n`;

interface Deps {
  /** Of the custodian's journals. */
  readonly folder: string;
  readonly custodian: Pick<SigningHandle, 'keyId' | 'publicKey' | 'sign'>;
  readonly now: () => Date;
}

function isOurs(made: RehearsalRecord, { keyId, publicKey }: Deps['custodian']): boolean {
  if (made.signer !== keyId || made.publicKey !== publicKey) return false;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, signedBytes(made), key, Buffer.from(made.signature, 'base64url'));
}

/** Rehearsals of this custodian, each a signed record beside the journals. */
export class Rehearsals {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Newest first; what is not signed by this custodian is not one. */
  async all(): Promise<RehearsalRecord[]> {
    const { folder, custodian } = this.#deps;
    const names = await readdir(folder).catch(() => []);
    const found: RehearsalRecord[] = [];
    for (const name of names.filter((one) => NAME.test(one))) {
      const made = await readFile(join(folder, name), 'utf8').then(
        (text) => record.safeParse(parsed(text)).data,
        () => undefined,
      );
      if (made && isOurs(made, custodian)) found.push(made);
    }
    return found.sort((a, b) => b.at.localeCompare(a.at));
  }

  /** The record of one, as a file. */
  async text(id: string): Promise<string | null> {
    const found = (await this.all()).find((one) => one.id === id);
    return found ? textOf(found) : null;
  }

  /** Runs one whole rehearsal. @throws CustodyError `journal-unavailable` when its record cannot be kept */
  async run(): Promise<RehearsalRecord> {
    const { folder, custodian, now } = this.#deps;
    const id = randomUUID();
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // What a killed rehearsal left: journals that a thrown-away key signed, which open nothing.
      for (const name of await readdir(folder))
        if (name.startsWith(STAGE)) await rm(join(folder, name), { recursive: true, force: true });
      const rehearsed = await rehearse(join(folder, `${STAGE}${id}`), now);
      const { keyId: signer, publicKey } = custodian;
      const head = { format: FORMAT, version: 1, id, at: now().toISOString(), note: NOTE } as const;
      const unsigned = {
        ...{ ...head, drills: [...rehearsed.drills], throwAway: [...rehearsed.throwAway] },
        twoPersons: { heldBy: 'this-rehearsal-alone' as const, keyIds: [...rehearsed.secondKeys] },
      };
      const made: RehearsalRecord = { ...unsigned, signer, publicKey, signature: '' };
      const signed = { ...made, signature: custodian.sign(signedBytes(made)).toString('base64url') };
      await keep(join(folder, `rehearsal-${id}.json`), textOf(signed));
      return signed;
    } catch (cause) {
      throw new CustodyError(
        'journal-unavailable',
        'The record of a rehearsal cannot be written. Free some space or restore the folder’s rights.',
        { cause },
      );
    }
  }
}

async function keep(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

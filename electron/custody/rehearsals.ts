import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CustodyError } from './custody-error.ts';
import { rehearse } from './rehearsal.ts';
import { type Keeping, SignedFiles, textOf } from './signed-files.ts';

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

/** Rehearsals of this custodian, each a signed record beside the journals. */
export class Rehearsals {
  readonly #deps: Keeping;
  readonly #files: SignedFiles<RehearsalRecord>;

  constructor(deps: Keeping) {
    this.#deps = deps;
    this.#files = new SignedFiles(deps, { domain: DOMAIN, file: NAME, schema: record });
  }

  /** Newest first. */
  async all(): Promise<RehearsalRecord[]> {
    return (await this.#files.all()).sort((a, b) => b.at.localeCompare(a.at));
  }

  /** The record of one, as a file. */
  async text(id: string): Promise<string | null> {
    const found = (await this.all()).find((one) => one.id === id);
    return found ? textOf(found) : null;
  }

  /** Runs one whole rehearsal. @throws CustodyError `journal-unavailable` when its record cannot be kept */
  async run(): Promise<RehearsalRecord> {
    const { folder, now } = this.#deps;
    const id = randomUUID();
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // What a killed rehearsal left: journals that a thrown-away key signed, which open nothing.
      for (const name of await readdir(folder))
        if (name.startsWith(STAGE)) await rm(join(folder, name), { recursive: true, force: true });
      const rehearsed = await rehearse(join(folder, `${STAGE}${id}`), now);
      const head = { format: FORMAT, version: 1, id, at: now().toISOString(), note: NOTE } as const;
      const signed = this.#files.sign((signer) => ({
        ...{ ...head, drills: [...rehearsed.drills], throwAway: [...rehearsed.throwAway] },
        twoPersons: { heldBy: 'this-rehearsal-alone', keyIds: [...rehearsed.secondKeys] },
        ...signer,
      }));
      await this.#files.keep(`rehearsal-${id}.json`, signed);
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

import { ed25519 } from '@noble/curves/ed25519.js';
import { type Checkpoint, judgeSignature, parseCheckpoint } from '../../shared/ledger/checkpoint.ts';
import { EvidenceError } from '../../shared/ledger/evidence-error.ts';
import {
  COSIGNATURE,
  linesOf,
  parseKey,
  parseNote,
  type SignedNote,
  type VerifierKey,
} from '../../shared/ledger/note.ts';
import type { Tx } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../identity/mutation.ts';
import { verifyEd25519 } from '../ledger/ed25519.ts';
import { sha256 } from '../ledger/entry-row.ts';
import { headAt, viewOf } from './proofs.ts';
import {
  type CheckpointRow,
  insertCosignature,
  insertWitness,
  readCheckpoint,
  readSize,
  readWitnesses,
} from './store.ts';

/** What a caller sends is attacker-controlled: malformed is its own fault, and it is told what. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new HttpError('bad_request', error.message, { cause: error });
  }
}

const readNote = (text: string): { note: SignedNote; checkpoint: Checkpoint } =>
  readable(() => {
    const note = parseNote(text);
    return { note, checkpoint: parseCheckpoint(note.text) };
  });

/** A witness's key is judged here, once: for a key of low order one signature would fit many heads. */
function readWitnessKey(text: string): VerifierKey {
  const key = readable(() => parseKey(sha256, text));
  if (key.type !== COSIGNATURE)
    throw new HttpError('bad_request', 'a witness has a cosignature key (type 4 of C2SP signed-note)');
  try {
    const point = ed25519.Point.fromBytes(Uint8Array.from(key.publicKey), false);
    if (!point.isSmallOrder() && point.isTorsionFree()) return key;
  } catch (cause) {
    throw new HttpError('bad_request', 'this is not an Ed25519 public key', { cause });
  }
  throw new HttpError('bad_request', 'this Ed25519 public key is of low order');
}

export const registerWitness =
  (mutate: Mutate): Handlers['ledger.registerWitness'] =>
  ({ body }, ctx) =>
    mutate('ledger.registerWitness', ctx, async (tx, stage): Promise<Done<'ledger.registerWitness'>> => {
      const { name } = readWitnessKey(body.key);
      const witness = { key: body.key, name, registered_at: ctx.now(), registered_by: actorOf(ctx).id };
      if (!(await insertWitness(tx, witness)))
        throw new HttpError('conflict', `a witness ${name} is registered already`);
      const eventId = await stage('ledger.witness-registered', { name, key: body.key });
      return { subject: name, answer: { status: 201, body: { name, key: body.key, eventId } } };
    });

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Two heads of one size: nothing that came after can be explained by both. */
const fork = (theirs: Checkpoint, ours: string) =>
  new HttpError(
    'conflict',
    `fork at size ${theirs.size}: the witness has root ${hex(theirs.root)}, this log has root ${ours}`,
  );

/** The stored head that the note is about. @throws HttpError when it is of another log, or of a fork of this one */
async function headOf(tx: Tx, note: SignedNote, checkpoint: Checkpoint): Promise<CheckpointRow> {
  const row = await readCheckpoint(tx, { size: checkpoint.size });
  if (!row) throw new HttpError('not_found', `no head of size ${checkpoint.size} was signed here`);
  const ours = parseNote(row.note).text;
  if (parseCheckpoint(ours).origin !== checkpoint.origin)
    throw new HttpError('conflict', `the head is of ${checkpoint.origin}, which is another log or epoch`);
  if (ours !== note.text) throw fork(checkpoint, row.root.toString('hex'));
  return row;
}

interface Found {
  readonly key: VerifierKey;
  readonly text: string;
  readonly seconds: number;
}

/** The registered witness whose line stands under the note. @throws HttpError when there is none, or it is not good */
async function witnessOf(tx: Tx, note: SignedNote): Promise<Found> {
  for (const { key: text } of await readWitnesses(tx)) {
    const key = parseKey(sha256, text);
    const verdict = judgeSignature(verifyEd25519, note, key);
    if (verdict.state === 'bad')
      throw new HttpError('conflict', `the cosignature of ${key.name} is not good`);
    if (verdict.state === 'good' && verdict.seconds !== null) return { key, text, seconds: verdict.seconds };
  }
  throw new HttpError('not_found', 'no registered witness cosigned this head');
}

/** The last moment that a time in an answer can be; a witness's clock may be wrong, but not by centuries. */
const LAST_SECOND = 253_402_300_799;

export const cosignHead =
  (mutate: Mutate): Handlers['ledger.cosign'] =>
  ({ body }, ctx) =>
    mutate('ledger.cosign', ctx, async (tx, stage): Promise<Done<'ledger.cosign'>> => {
      const { note, checkpoint } = readNote(body.note);
      const row = await headOf(tx, note, checkpoint);
      const { key, text, seconds } = await witnessOf(tx, note);
      if (seconds > LAST_SECOND) throw new HttpError('bad_request', 'the time of the cosignature is no time');
      const at = new Date(seconds * 1000);
      const line =
        linesOf(note)[note.signatures.findIndex(({ id, name }) => id === key.id && name === key.name)];
      const isNew = await insertCosignature(tx, {
        ...{ epoch: row.epoch, size: row.size, witness: text, line: line ?? '' },
        ...{ cosigned_at: at, received_at: ctx.now() },
      });
      const head = { size: checkpoint.size, root: hex(checkpoint.root) };
      const data = { witness: key.name, origin: checkpoint.origin, head, at: at.toISOString() };
      const eventId = isNew ? await stage('ledger.cosigned', data) : null;
      return {
        subject: key.name,
        answer: { status: 200, body: { checkpoint: await viewOf(tx, row), eventId } },
      };
    });

export const orderRotation =
  (mutate: Mutate): Handlers['ledger.rotateKey'] =>
  ({ body }, ctx) =>
    mutate('ledger.rotateKey', ctx, async (_tx, stage): Promise<Done<'ledger.rotateKey'>> => {
      const eventId = await stage('ledger.key-rotation-ordered', body);
      return { subject: 'ledger', answer: { status: 200, body: { eventId } } };
    });

/**
 * A witness has seen more than there is: the log was restored. The integrator decides, because only it can tell its own
 * signature from any other; what is plainly no restore is refused here, with both heads where they contradict each other.
 */
export const reportRestore =
  (mutate: Mutate): Handlers['ledger.reportRestore'] =>
  ({ body }, ctx) =>
    mutate('ledger.reportRestore', ctx, async (tx, stage): Promise<Done<'ledger.reportRestore'>> => {
      const { checkpoint } = readNote(body.checkpoint);
      const current = await readCheckpoint(tx);
      const origin = current && parseCheckpoint(parseNote(current.note).text).origin;
      if (checkpoint.origin !== origin)
        throw new HttpError('conflict', `the head is of ${checkpoint.origin}, which is another log or epoch`);
      if (checkpoint.size <= (await readSize(tx))) {
        const ours = await headAt(tx, checkpoint.size);
        if (ours.root !== hex(checkpoint.root)) throw fork(checkpoint, ours.root);
        throw new HttpError('conflict', `this log has that head: nothing was lost`);
      }
      const eventId = await stage('ledger.restore-reported', body);
      return { subject: 'ledger', answer: { status: 200, body: { eventId } } };
    });

import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto';
import { z } from 'zod';
import {
  MAX_USES_SENT,
  type SecretUse,
  type SecretUseAction,
  secretUse,
  secretUseText,
} from '../../shared/http/secret-use.ts';
import type { Clock } from './attempts.ts';
import { VaultError } from './errors.ts';
import type { VaultFiles } from './files.ts';
import type { SigningHandle } from './items.ts';

export const USES_FILE = 'uses.jsonl';
export const SENT_FILE = 'uses-sent.json';

/** Above it, uses that the ledger has are dropped; below it they stay, so that the console can show them while it is offline. */
const COMPACT_BYTES = 4 * 1024 * 1024;
/** `VaultFiles.read` refuses 16 MB. A use that cannot be written down is not made. */
const MAX_BYTES = 15 * 1024 * 1024;
const FIRST = '0'.repeat(64);
const sentRecord = z.strictObject({ last: z.uuid() });

interface Deps {
  readonly files: VaultFiles;
  readonly clock: Clock;
  readonly key: SigningHandle;
}

interface State {
  uses: SecretUse[];
  /** Bytes of complete lines; what stands behind them never counted. */
  length: number;
  previous: string;
  /** How many of `uses`, from the front, the ledger has. */
  sent: number;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function isSigned(use: SecretUse, { keyId, publicKey }: SigningHandle): boolean {
  if (use.signer !== keyId) return false;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, Buffer.from(secretUseText(use)), key, Buffer.from(use.signature, 'base64url'));
}

/** `null` when a line was changed, taken out or written by somebody else. */
function readLines(text: string, key: SigningHandle): State | null {
  const lines = text.split('\n').slice(0, -1);
  const state: State = { uses: [], length: 0, previous: FIRST, sent: 0 };
  for (const line of lines) {
    const parsed = parse(line);
    // A journal that was shortened at its front begins with the hash of what the ledger has.
    const follows = state.uses.length === 0 || parsed?.previous === state.previous;
    if (!parsed || !follows || !isSigned(parsed, key)) return null;
    state.uses.push(parsed);
    state.length += Buffer.byteLength(line) + 1;
    state.previous = hashOf(line);
  }
  return state;
}

function parse(line: string): SecretUse | null {
  try {
    return secretUse.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/**
 * Who used which secret and why, one signed line each, on the disk before the secret is opened. Lines wait here until the ledger has
 * them. A journal that was tampered with is moved aside, and the next line says that it was.
 */
export class UseJournal {
  readonly #deps: Deps;
  #state: Promise<State> | null = null;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws VaultError `write-failed` | `journal-full`, and then the secret stays shut */
  record(action: SecretUseAction, item: SecretUse['item'] = null): Promise<void> {
    const written = this.#writing.then(async () => this.#append(await this.#load(), action, item));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Newest first. */
  async recent(limit: number): Promise<{ uses: SecretUse[]; unsent: number }> {
    const { uses, sent } = await this.#load();
    return { uses: uses.slice(-limit).reverse(), unsent: uses.length - sent };
  }

  /** The oldest uses that the ledger does not have yet, at most one request's worth. */
  async unsent(): Promise<SecretUse[]> {
    const { uses, sent } = await this.#load();
    return uses.slice(sent, sent + MAX_USES_SENT);
  }

  /** The ledger has everything up to this one. A crash before this is written sends some again; the ledger takes each once. */
  markSent(last: string): Promise<void> {
    const marked = this.#writing.then(async () => {
      const state = await this.#load();
      const at = state.uses.findIndex(({ id }) => id === last);
      if (at < state.sent) return;
      state.sent = at + 1;
      await this.#deps.files.writeSide(SENT_FILE, Buffer.from(`${JSON.stringify({ last })}\n`));
      if (state.length > COMPACT_BYTES) await this.#compact(state);
    });
    this.#writing = marked.catch(() => undefined);
    return marked;
  }

  #load(): Promise<State> {
    this.#state ??= this.#read().catch((error: unknown) => {
      this.#state = null;
      throw error;
    });
    return this.#state;
  }

  async #read(): Promise<State> {
    const { files, key, clock } = this.#deps;
    const bytes = await files.read(USES_FILE);
    const state = readLines(bytes?.toString('utf8') ?? '', key);
    if (state) {
      const sent = sentRecord.safeParse(parseJson(await files.read(SENT_FILE)));
      state.sent = sent.success ? state.uses.findIndex(({ id }) => id === sent.data.last) + 1 : 0;
      return state;
    }
    await files.setAside(USES_FILE, 'damaged', clock.now());
    const fresh: State = { uses: [], length: 0, previous: FIRST, sent: 0 };
    await this.#append(fresh, 'journal-restarted', null);
    return fresh;
  }

  async #append(state: State, action: SecretUseAction, item: SecretUse['item']): Promise<void> {
    const { files, clock, key } = this.#deps;
    const unsigned = {
      ...{ id: randomUUID(), at: clock.now().toISOString(), action, item },
      ...{ previous: state.previous, signer: key.keyId },
    };
    const signature = key.sign(Buffer.from(secretUseText(unsigned))).toString('base64url');
    const use: SecretUse = { ...unsigned, signature };
    const line = JSON.stringify(use);
    const bytes = Buffer.from(`${line}\n`);
    if (state.length + bytes.length > MAX_BYTES)
      throw new VaultError(
        'journal-full',
        'The journal of uses is full. Unlock while the service runs, so that the ledger takes it over.',
      );
    await files.writeAt(USES_FILE, bytes, state.length);
    state.uses.push(use);
    state.length += bytes.length;
    state.previous = hashOf(line);
  }

  /** Drops what the ledger has, but for the last use: the next line follows it. */
  async #compact(state: State): Promise<void> {
    const kept = state.uses.slice(Math.max(0, state.sent - 1));
    const text = kept.map((use) => `${JSON.stringify(use)}\n`).join('');
    await this.#deps.files.writeSide(USES_FILE, Buffer.from(text));
    state.sent -= state.uses.length - kept.length;
    state.uses = kept;
    state.length = Buffer.byteLength(text);
  }
}

function parseJson(bytes: Buffer | null): unknown {
  try {
    return bytes ? JSON.parse(bytes.toString('utf8')) : null;
  } catch {
    return null;
  }
}

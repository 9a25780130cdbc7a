import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { keychainQuality } from '../../shared/ipc/vault.ts';

type KeychainQuality = z.infer<typeof keychainQuality>;

/** The part of keytar that is used. */
export interface RawKeychain {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
  findCredentials(service: string): Promise<{ account: string; password: string }[]>;
}

/** The operating system's keychain, with a bounded time for every answer. It never opens a vault by itself. */
export interface Keychain {
  readonly quality: KeychainQuality;
  get(service: string, account: string): Promise<string | null>;
  set(service: string, account: string, value: string): Promise<void>;
  remove(service: string, account: string): Promise<void>;
  list(service: string): Promise<{ account: string; password: string }[]>;
}

class KeychainError extends Error {
  override readonly name = 'KeychainError';
  readonly code: 'missing' | 'timeout' | 'refused';

  constructor(code: KeychainError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A daemon answers in milliseconds, and one that asks its user to unlock it deserves some; a hung one must not hold the vault. */
const ANSWER_MS = 4_000;
const PROBE_SERVICE = 'Sallyport probe';

interface KeychainOptions {
  readonly answerMs?: number;
}

type Bounded = <T>(call: (raw: RawKeychain) => Promise<T>) => Promise<T>;

/** While one call hangs no other is made: each would hold one of the few threads that files and Argon2 need too. */
function boundedCalls(raw: RawKeychain, answerMs: number): Bounded {
  let hanging = false;
  return async (call) => {
    if (hanging) throw new KeychainError('timeout', 'the keychain stopped answering');
    let timer: NodeJS.Timeout | undefined;
    const answer = call(raw);
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        hanging = true;
        // A daemon that waited for its user to type a password does answer in the end, and is usable again.
        const settled = () => {
          hanging = false;
        };
        answer.then(settled, settled);
        reject(new KeychainError('timeout', `the keychain did not answer within ${answerMs} ms`));
      }, answerMs);
    });
    try {
      return await Promise.race([answer, late]);
    } catch (cause) {
      if (cause instanceof KeychainError) throw cause;
      throw new KeychainError('refused', 'the keychain refused', { cause });
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Whether what is put in comes back out and goes away again. */
async function roundTrip(bounded: Bounded): Promise<boolean> {
  const account = randomBytes(8).toString('hex');
  const value = randomBytes(16).toString('hex');
  try {
    await bounded((raw) => raw.setPassword(PROBE_SERVICE, account, value));
    const back = await bounded((raw) => raw.getPassword(PROBE_SERVICE, account));
    const removed = await bounded((raw) => raw.deletePassword(PROBE_SERVICE, account));
    return back === value && removed;
  } catch {
    return false;
  }
}

/** What a keychain did when it was attacked: each is true where it held. */
export interface KeychainAttack {
  /** Gave back what it was given, by its name. */
  readonly keeps: boolean;
  /** Gave nothing by a name that nobody used. */
  readonly discerns: boolean;
  /** Gave nothing by the name of what was taken out. */
  readonly forgets: boolean;
}

/** Attacks the keychain with a worthless secret of its own. @throws KeychainError when it does not answer */
export async function attackKeychain(keychain: Keychain): Promise<KeychainAttack> {
  const [account, stranger] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
  const value = randomBytes(16).toString('hex');
  await keychain.set(PROBE_SERVICE, account, value);
  const back = await keychain.get(PROBE_SERVICE, account);
  const foreign = await keychain.get(PROBE_SERVICE, stranger);
  await keychain.remove(PROBE_SERVICE, account);
  const after = await keychain.get(PROBE_SERVICE, account);
  return { keeps: back === value, discerns: foreign === null, forgets: after === null };
}

const refuse = async (): Promise<never> => {
  throw new KeychainError('missing', 'there is no keychain');
};

export const MISSING_KEYCHAIN: Keychain = {
  quality: 'missing',
  get: refuse,
  set: refuse,
  remove: refuse,
  list: refuse,
};

/** Measures the keychain by using it once; call the result again when it was missing and may be back. */
export function keychainProbe(
  raw: RawKeychain | null,
  options: KeychainOptions = {},
): () => Promise<Keychain> {
  if (!raw) return async () => MISSING_KEYCHAIN;
  const bounded = boundedCalls(raw, options.answerMs ?? ANSWER_MS);
  const keychain: Keychain = {
    quality: 'system',
    get: (service, account) => bounded((k) => k.getPassword(service, account)),
    set: (service, account, value) => bounded((k) => k.setPassword(service, account, value)),
    remove: async (service, account) => {
      await bounded((k) => k.deletePassword(service, account));
    },
    list: (service) => bounded((k) => k.findCredentials(service)),
  };
  return async () => ((await roundTrip(bounded)) ? keychain : MISSING_KEYCHAIN);
}

import { hash, verify } from '@node-rs/argon2';
import { createTurnstile, type TurnstileSize } from './turnstile.ts';

export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/** Two of the four threads of Node's pool, so that files and names are still served; 16 waiting are some 3 s of work. */
const SIZE: TurnstileSize = { running: 2, waiting: 16 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;

export interface Passwords {
  /** @returns Argon2id in PHC form, with its salt and cost */
  hash(password: string): Promise<string>;
  /** Takes the same work whether there is a stored hash or not. @param stored null when there is no such account */
  matches(password: string, stored: string | null): Promise<boolean>;
}

export interface PasswordDeps {
  readonly cost: PasswordCost;
  random(bytes: number): Uint8Array;
  readonly verify?: typeof verify;
}

/** NFKC, so that a password typed on another keyboard is the same. */
const bytesOf = (password: string): Buffer => Buffer.from(password.normalize('NFKC'), 'utf8');

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** A hash of nothing, of the same cost: comparing with it is as much work as with a real one, and nothing matches it. */
const decoyOf = ({ memoryKib, passes, lanes }: PasswordCost, random: PasswordDeps['random']): string =>
  `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${unpadded(random(SALT_BYTES))}$${unpadded(random(HASH_BYTES))}`;

/** @param deps `verify` is Argon2's own unless a test watches it */
export function createPasswords({ cost, random, verify: compare = verify }: PasswordDeps): Passwords {
  const turnstile = createTurnstile(SIZE);
  const decoy = decoyOf(cost, random);
  return {
    hash: (password) =>
      turnstile(() =>
        hash(bytesOf(password), {
          algorithm: 2,
          version: 1,
          memoryCost: cost.memoryKib,
          timeCost: cost.passes,
          parallelism: cost.lanes,
          outputLen: HASH_BYTES,
          salt: Buffer.from(random(SALT_BYTES)),
        }),
      ),
    matches: async (password, stored) => {
      const same = await turnstile(() => compare(stored ?? decoy, bytesOf(password)));
      return same && stored !== null;
    },
  };
}

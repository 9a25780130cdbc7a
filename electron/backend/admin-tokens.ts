import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;
const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * The admin tokens of one unlock: the console's own and those of tools it invited. They die together at the lock, and only
 * their hashes leave this place.
 * @param publish tells the api process the whole set, as SHA-256 in hex
 */
export function createAdminTokens(publish: (sha256: readonly string[]) => void) {
  let own: string | null = null;
  let hashes: string[] = [];

  const issue = (): string => {
    const token = randomBytes(BYTES).toString('base64url');
    hashes = [...hashes, digest(token)];
    publish(hashes);
    return token;
  };
  return {
    /** At unlock. */
    open(): void {
      hashes = [];
      own = issue();
    },
    /** Null while locked. */
    own: (): string | null => own,
    /** One more token that lives until the next lock, or null while locked. */
    issueForTool: (): string | null => (own === null ? null : issue()),
    /** At lock: the set is empty and the admin plane shut. */
    close(): void {
      own = null;
      hashes = [];
      publish(hashes);
    },
    /** After the api process was started anew. */
    publishAgain: (): void => publish(hashes),
  };
}
export type AdminTokens = ReturnType<typeof createAdminTokens>;

import { VaultError } from '../vault/errors.ts';

/** The journal of uses could not be written, so nothing was opened; where there is room again, it is. */
const openedNothing = (error: unknown): boolean =>
  error instanceof VaultError && (error.code === 'write-failed' || error.code === 'journal-full');

type Found<T> = { readonly value: T } | { readonly error: unknown };

/**
 * What was found in items of the vault, in memory until the next lock. Each look is a use that the journal has a line of, so whatever
 * looks every two seconds opens an item once, also one that holds something else than it should.
 */
export class Looks<T> {
  readonly #found = new Map<string, Found<T>>();

  async at(item: string, look: () => Promise<T>): Promise<T> {
    const found = this.#found.get(item) ?? (await this.#look(item, look));
    if ('error' in found) throw found.error;
    return found.value;
  }

  async #look(item: string, look: () => Promise<T>): Promise<Found<T>> {
    const found: Found<T> = await look().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (!('error' in found) || !openedNothing(found.error)) this.#found.set(item, found);
    return found;
  }
}

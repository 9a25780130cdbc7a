import { HttpError } from '../gate/http-error.ts';

/**
 * Compares what the signed request calls its object with what is stored under the id of its path. A card shows the names, and a
 * page that puts another id under them gets nothing done with the signature.
 * @param id of the path
 * @param given attacker-controlled: the fields of the body that the route declares as `names`
 * @throws HttpError `name_mismatch`
 */
export function requireNamed<T extends Readonly<Record<string, string>>>(
  id: string,
  given: T,
  stored: T,
): void {
  const wrong = Object.keys(stored).filter((field) => given[field] !== stored[field]);
  if (wrong.length > 0)
    throw new HttpError(
      'name_mismatch',
      `${id} has another ${wrong.join(' and ')} than what was signed; read it again before you sign`,
    );
}

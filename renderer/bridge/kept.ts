type Container = readonly unknown[] | Readonly<Record<string, unknown>>;

const isContainer = (value: unknown): value is Container =>
  Array.isArray(value) ||
  (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);

/**
 * What was read now, made of the parts of what was read before wherever both say the same: a page that is given
 * it draws again only what changed. Anything but plain objects and lists is taken as it is.
 */
export function keptWhereSame<T>(before: unknown, now: T): T {
  if (Object.is(before, now)) return now;
  if (!isContainer(before) || !isContainer(now) || Array.isArray(before) !== Array.isArray(now)) return now;
  const old = before as Record<string, unknown>;
  const entries = Object.entries(now);
  const parts = entries.map(([key, part]) =>
    keptWhereSame(Object.hasOwn(old, key) ? old[key] : undefined, part),
  );
  const isSame =
    Object.keys(old).length === entries.length &&
    entries.every(([key], n) => Object.hasOwn(old, key) && Object.is(parts[n], old[key]));
  if (isSame) return before as T;
  return (Array.isArray(now) ? parts : Object.fromEntries(entries.map(([key], n) => [key, parts[n]]))) as T;
}

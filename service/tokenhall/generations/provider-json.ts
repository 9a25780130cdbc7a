/** Deeper than any answer of a provider; what is walked later must not exhaust the stack. */
const MAX_DEPTH = 48;

const isDeeperThan = (value: unknown, levels: number): boolean =>
  value !== null &&
  typeof value === 'object' &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1)));

/**
 * What a provider wrote, which is attacker-controlled.
 * @returns undefined for what is no JSON, or JSON that nests deeper than any answer
 */
export function providerJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isDeeperThan(value, MAX_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

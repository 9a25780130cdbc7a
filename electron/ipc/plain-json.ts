/** More than any page of ours sends; less than what would make validation itself an attack. */
const MAX_CHARACTERS = 256 * 1024;
const MAX_NODES = 10_000;
const MAX_DEPTH = 16;

/** Names through which a careless merge would reach `Object.prototype`. */
const POLLUTING = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Whether an attacker-controlled value is JSON of bounded size: no Map, Date, buffer, cycle, accessor or polluting name.
 * Counted in one pass, before any schema sees it.
 */
export function isPlainJson(value: unknown): boolean {
  let nodes = 0;
  let characters = 0;
  const fits = (text: string): boolean => {
    characters += text.length;
    return characters <= MAX_CHARACTERS;
  };
  const walk = (node: unknown, depth: number): boolean => {
    nodes += 1;
    if (nodes > MAX_NODES || depth > MAX_DEPTH) return false;
    if (node === null || typeof node === 'boolean' || typeof node === 'undefined') return true;
    if (typeof node === 'number') return Number.isFinite(node);
    if (typeof node === 'string') return fits(node);
    if (Array.isArray(node)) return node.every((item) => walk(item, depth + 1));
    if (typeof node !== 'object' || !isPlainObject(node)) return false;
    return Object.getOwnPropertyNames(node).every((name) => {
      const own = Object.getOwnPropertyDescriptor(node, name);
      return (
        !POLLUTING.has(name) &&
        fits(name) &&
        own !== undefined &&
        'value' in own &&
        walk(own.value, depth + 1)
      );
    });
  };
  return walk(value, 0);
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === null) && Object.getOwnPropertySymbols(value).length === 0
  );
}

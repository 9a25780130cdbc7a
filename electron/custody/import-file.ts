import { z } from 'zod';
import { isLabel, MAX_SECRET_BYTES } from '../../shared/http/vault-items.ts';
import type { NewSecret } from '../vault/items.ts';
import { CustodyError } from './custody-error.ts';
import { readKey, writeKey } from './key-formats.ts';

/** More names than any settings file has; a vault takes ten thousand items in all. */
const MAX_ENTRIES = 1_000;
const named = z.record(z.string(), z.string());

const malformed = (what: string): CustodyError => new CustodyError('import-malformed', what);

/** A wallet key as the vault keeps it, whatever it was read from. @throws CustodyError `key-malformed`, `key-mismatched` */
export function walletSecret(text: string): Buffer {
  const seed = readKey(text);
  try {
    return Buffer.from(writeKey(seed, 'phantom'), 'utf8');
  } finally {
    seed.fill(0);
  }
}

const NAME = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)$/;

/** `KEY=value`, `export KEY="value"`, comments and empty lines. What stands in a line is never part of a message. */
function fromEnv(text: string): [string, string][] {
  return text.split(/\r?\n/).flatMap((line, at): [string, string][] => {
    if (/^\s*(#|$)/.test(line)) return [];
    const equals = line.indexOf('=');
    const [, name = ''] = NAME.exec(line.slice(0, Math.max(0, equals)).trim()) ?? [];
    const value = unquoted(line.slice(equals + 1).trim());
    if (name === '' || value === null)
      throw malformed(`Line ${at + 1} is not of the form NAME=value. Nothing was imported.`);
    return value === '' ? [] : [[name, value]];
  });
}

/** Without a `#` that follows a space, and what follows it. Spaces are trimmed and not matched: a run of them would be searched from each. */
function uncommented(value: string): string {
  const comment = value.search(/\s#/);
  return comment < 0 ? value : value.slice(0, comment).trimEnd();
}

/** `null` for a quote that does not end. Escapes are read in double quotes only, as shells do. */
function unquoted(value: string): string | null {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return uncommented(value);
  if (value.length < 2 || !value.endsWith(quote)) return null;
  const inner = value.slice(1, -1);
  return quote === "'" ? inner : inner.replace(/\\([\\"n])/g, (_, c: string) => (c === 'n' ? '\n' : c));
}

function fromJson(text: string): [string, string][] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = named.safeParse(value);
  if (!parsed.success)
    throw malformed('Its values must be texts: { "NAME": "value" }. Nothing was imported.');
  return Object.entries(parsed.data).filter(([, content]) => content !== '');
}

function secretOf([label, value]: [string, string]): NewSecret {
  const secret = Buffer.from(value, 'utf8');
  if (!isLabel(label) || secret.length > MAX_SECRET_BYTES) {
    secret.fill(0);
    throw malformed('A name is not printable, or a value is longer than 48 KiB. Nothing was imported.');
  }
  return { type: 'provider-secret', label, canary: false, secret };
}

const isOneWord = (text: string): boolean => /^[1-9A-HJ-NP-Za-km-z]{80,90}$/.test(text);

/**
 * Reads a `.env` file, a JSON object of texts, or a Solana key in any format; which of them is seen from the text.
 * @param label what a wallet key is called; the others bring their names
 * @returns at least one; the caller wipes them
 * @throws CustodyError `import-malformed`, `key-malformed`, `key-mismatched`
 */
export function readImport(text: string, label: string): NewSecret[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  const isPair = trimmed.startsWith('{') && trimmed.includes('"PHANTOM_SESSION_PRIVATE_KEY"');
  if (trimmed.startsWith('[') || isOneWord(trimmed) || isPair)
    return [{ type: 'wallet-key', label, canary: false, secret: walletSecret(trimmed) }];
  const entries = (trimmed.startsWith('{') ? fromJson(trimmed) : null) ?? fromEnv(trimmed);
  if (entries.length === 0) throw malformed('There is no named value in it. Choose another file.');
  if (entries.length > MAX_ENTRIES) throw malformed(`It has more than ${MAX_ENTRIES} values. Split it.`);
  return entries.map(secretOf);
}

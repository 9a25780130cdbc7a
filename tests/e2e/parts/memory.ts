import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { VAULT_FILE } from '../../../electron/vault/files.ts';
import { decodeVault } from '../../../electron/vault/format.ts';
import { openItem } from '../../../electron/vault/items.ts';
import { parseRecoveryCode } from '../../../electron/vault/recovery-code.ts';
import { openRecoverySlot } from '../../../electron/vault/slots.ts';

const CHUNK = 16 * 1024 * 1024;

/** A secret in every form in which a process may hold it: raw, and as the texts that are made of it. */
function formsOf(name: string, secret: Buffer): [string, Buffer][] {
  const isText = /^[\x20-\x7e]{40,}$/.test(secret.toString('latin1'));
  const other = isText
    ? Buffer.from(secret.toString('latin1'), 'utf16le')
    : Buffer.from(secret.toString('base64url'));
  // What is bytes may be text on its way; what is text already has two bytes a character in a page.
  return [
    [name, secret],
    [`${name}, written otherwise`, other],
  ];
}

/** The vault's own key and the plaintext of every item, as whoever has the recovery code finds them in its file. */
export function secretsOf(folder: string, recoveryCode: string): [string, Buffer][] {
  const { content } = decodeVault(readFileSync(join(folder, 'vault', VAULT_FILE)));
  const slot = content.slots.find((one) => one.kind === 'recovery');
  if (!slot) throw new Error('the vault has no recovery code');
  const root = openRecoverySlot(slot, content.vaultId, parseRecoveryCode(recoveryCode));
  return [
    ...formsOf('the key of the vault', root),
    ...content.items.flatMap((item) => formsOf(item.type, openItem(root, content.vaultId, item))),
  ];
}

type Range = readonly [from: number, to: number];

/**
 * Its pages that are in memory or swapped out (the two highest bits of their entries in the page map). What was only reserved holds
 * nothing, and a gigabyte of it takes seconds to read.
 */
function pagesOf(pid: number, [from, to]: Range): Range[] {
  const page = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
  const count = (to - from) / page;
  const entries = Buffer.alloc(count * 8);
  const map = openSync(`/proc/${pid}/pagemap`, 'r');
  try {
    readSync(map, entries, 0, entries.length, (from / page) * 8);
  } finally {
    closeSync(map);
  }
  const runs: Range[] = [];
  for (let at = 0, start = -1; at <= count; at += 1) {
    const isThere = at < count && (entries.readUInt8(at * 8 + 7) & 0b1100_0000) !== 0;
    if (isThere && start < 0) start = at;
    if (isThere || start < 0) continue;
    runs.push([from + start * page, from + at * page]);
    start = -1;
  }
  return runs;
}

/** From here on a range is looked at page by page. */
const LARGE = 256 * 1024 * 1024;

/** Ranges that a process writes to and that are somewhere, in memory or swapped out; what was only reserved holds nothing. */
function rangesOf(pid: number, shared: Set<string>): Range[] {
  const blocks = readFileSync(`/proc/${pid}/smaps`, 'latin1').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return blocks.flatMap((block) => {
    const [, from, to, kind, place = ''] =
      /^([0-9a-f]+)-([0-9a-f]+) rw.([ps]) (\S+ \S+ \d+)/.exec(block) ?? [];
    if (kind === 's' && shared.has(place)) return [];
    const isSomewhere = /^(?:Rss|Swap): +[1-9]/m.test(block);
    if (kind === 's' && isSomewhere) shared.add(place);
    if (!from || !to || !isSomewhere) return [];
    const range: Range = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
    return kind === 'p' && range[1] - range[0] >= LARGE ? pagesOf(pid, range) : [range];
  });
}

/** All of it, piece by piece, with an overlap that no secret outgrows. */
function* piecesOf(pid: number, overlap: number, shared: Set<string>): Generator<Buffer> {
  const ranges = rangesOf(pid, shared);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const buffer = Buffer.alloc(CHUNK);
  try {
    for (const [from, to] of ranges)
      for (let at = from; at < to; at += CHUNK - overlap) {
        try {
          const read = readSync(memory, buffer, 0, Math.min(CHUNK, to - at), at);
          yield buffer.subarray(0, read);
        } catch {
          // A range that went away, or that the kernel gives to nobody.
          break;
        }
      }
  } finally {
    closeSync(memory);
  }
}

export interface Searched {
  /** Names of the secrets that were found. */
  readonly found: string[];
  readonly bytes: number;
}

/**
 * Looks for secrets in the memory of a process.
 * @param shared what several processes share and one of them was searched for already
 * @returns null for one that is gone or that the kernel shows to nobody
 */
export function search(
  pid: number,
  secrets: readonly (readonly [string, Buffer])[],
  shared = new Set<string>(),
): Searched | null {
  const found = new Set<string>();
  let bytes = 0;
  try {
    for (const piece of piecesOf(pid, 256, shared)) {
      bytes += piece.length;
      for (const [name, secret] of secrets) if (piece.includes(secret)) found.add(name);
    }
  } catch {
    return null;
  }
  return { found: [...found], bytes };
}

/** The sockets of a process that belong to a network of any kind, by their inodes. */
export function networkSockets(pid: number): string[] {
  const tables = ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6', 'packet'].map((name) => {
    try {
      return readFileSync(`/proc/${pid}/net/${name}`, 'latin1');
    } catch {
      return '';
    }
  });
  const known = new Set(tables.flatMap((table) => table.split(/\s+/)));
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode && known.has(inode) ? [inode] : [];
    } catch {
      return [];
    }
  });
}

import { createReadStream } from 'node:fs';
import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';

/** Where Electron keeps its fuses: this text in the executable, a version byte, a length byte, one character a fuse. */
const SENTINEL = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
const VERSION = 1;
/** Order of fuse version 1 (electron/build/fuses/fuses.json5) with the position each must be in when shipped. */
export const FUSES: readonly (readonly [name: string, shipped: boolean])[] = [
  ['RunAsNode', false],
  ['EnableCookieEncryption', true],
  ['EnableNodeOptionsEnvironmentVariable', false],
  ['EnableNodeCliInspectArguments', false],
  ['EnableEmbeddedAsarIntegrityValidation', true],
  ['OnlyLoadAppFromAsar', true],
  ['LoadBrowserProcessSpecificV8Snapshot', false],
  ['GrantFileProtocolExtraPrivileges', false],
];
const ON = '1'.charCodeAt(0);

/** The fuse wire of an executable, or null when it has none. */
export async function readFuses(executable: string): Promise<readonly boolean[] | null> {
  let kept = Buffer.alloc(0);
  for await (const chunk of createReadStream(executable, { highWaterMark: 4 * 1024 * 1024 })) {
    const window = Buffer.concat([kept, chunk as Buffer]);
    const at = window.indexOf(SENTINEL);
    const start = at + SENTINEL.length;
    if (at >= 0 && window[start] === VERSION && start + 2 + FUSES.length <= window.length)
      return FUSES.map((_fuse, index) => window[start + 2 + index] === ON);
    // Whatever straddles two chunks is found with the next one.
    kept = window.subarray(-(SENTINEL.length + 2 + FUSES.length));
  }
  return null;
}

/** Whether the executable that runs has every fuse where a shipped one has it. */
export async function examineFuses(executable: string): Promise<Diagnosis> {
  const found = { step: 'fuses', title: 'Electron fuses' } as const;
  const fuses = await readFuses(executable).catch(() => null);
  if (!fuses)
    return { ...found, status: 'unknown', evidence: 'The executable shows no fuses.', remedy: null };
  const wrong = FUSES.flatMap(([name, shipped], index) => (fuses[index] === shipped ? [] : [name]));
  if (wrong.length === 0)
    return { ...found, status: 'ok', evidence: `All ${FUSES.length} are as shipped.`, remedy: null };
  return {
    ...found,
    status: 'weak',
    evidence: `Not as shipped: ${wrong.join(', ')}.`,
    remedy: 'Use it for development only. Install the packaged console for real work.',
  };
}

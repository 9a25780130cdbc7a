import { createReadStream } from 'node:fs';
import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';

/** Where Electron keeps its fuses: this text in the executable, a version byte, a length byte, one character a fuse. */
const SENTINEL = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
const VERSION = 1;
/** Order of fuse version 1 (electron/build/fuses/fuses.json5) with the position each must be in when shipped. */
const SHIPPED = [
  ['RunAsNode', false],
  ['EnableCookieEncryption', true],
  ['EnableNodeOptionsEnvironmentVariable', false],
  ['EnableNodeCliInspectArguments', false],
  ['EnableEmbeddedAsarIntegrityValidation', true],
  ['OnlyLoadAppFromAsar', true],
] as const;
const ON = '1'.charCodeAt(0);

/** The fuse wire of an executable, or null when it has none. */
export async function readFuses(executable: string): Promise<readonly boolean[] | null> {
  let kept = Buffer.alloc(0);
  for await (const chunk of createReadStream(executable, { highWaterMark: 4 * 1024 * 1024 })) {
    const window = Buffer.concat([kept, chunk as Buffer]);
    const at = window.indexOf(SENTINEL);
    const start = at + SENTINEL.length;
    if (at >= 0 && window[start] === VERSION && start + 2 + SHIPPED.length <= window.length)
      return SHIPPED.map((_fuse, index) => window[start + 2 + index] === ON);
    // Whatever straddles two chunks is found with the next one.
    kept = window.subarray(-(SENTINEL.length + 2 + SHIPPED.length));
  }
  return null;
}

/** Whether the executable that runs has every fuse where a shipped one has it. */
export async function examineFuses(executable: string): Promise<Diagnosis> {
  const found = { step: 'fuses', title: 'Electron fuses' } as const;
  const fuses = await readFuses(executable).catch(() => null);
  if (!fuses)
    return { ...found, status: 'unknown', evidence: 'The executable shows no fuses.', remedy: null };
  const wrong = SHIPPED.flatMap(([name, shipped], index) => (fuses[index] === shipped ? [] : [name]));
  if (wrong.length === 0)
    return { ...found, status: 'ok', evidence: `All ${SHIPPED.length} are as shipped.`, remedy: null };
  return {
    ...found,
    status: 'weak',
    evidence: `Not as shipped: ${wrong.join(', ')}.`,
    remedy: 'Use it for development only. Install the packaged console for real work.',
  };
}

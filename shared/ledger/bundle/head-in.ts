import { EvidenceError } from '../evidence-error.ts';
import { type EvidenceCrypto, type JudgedCheckpoint, judgeCheckpoint, type TrustFile } from '../trust.ts';
import { manifest } from './format.ts';

/** More than any manifest; a file that is larger and has no line break in it is no bundle. */
export const FIRST_LINE_BYTES = 4 * 1024 * 1024;

/** Whether a file that begins so claims to be a bundle; otherwise it can be a checkpoint. */
export const looksLikeBundle = (text: string): boolean => text.startsWith('{');

function manifestIn(text: string) {
  try {
    return manifest.parse(JSON.parse(text.slice(0, text.indexOf('\n'))));
  } catch (cause) {
    throw new EvidenceError('note-malformed', 'it is neither a bundle nor a checkpoint', { cause });
  }
}

/**
 * The head of a bundle or of a checkpoint file, judged by what is pinned; of a bundle, also by its own word.
 * @param text the beginning of the file
 * @throws EvidenceError `note-malformed`, `key-malformed`, `trust-malformed` for a checkpoint that nothing is pinned for
 */
export function headIn(crypto: EvidenceCrypto, text: string, trust: TrustFile | null): JudgedCheckpoint {
  if (looksLikeBundle(text)) {
    const { checkpoint, trust: own } = manifestIn(text);
    return judgeCheckpoint(crypto, checkpoint, trust ?? own);
  }
  if (trust) return judgeCheckpoint(crypto, text, trust);
  throw new EvidenceError('trust-malformed', 'a checkpoint can only be judged with a trust file');
}

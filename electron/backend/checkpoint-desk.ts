import { writeFile } from 'node:fs/promises';
import type { CompareRequest, Comparison, OwnCheckpoint } from '../../shared/ipc/evidence.ts';
import { FIRST_LINE_BYTES, headIn } from '../../shared/ledger/bundle/head-in.ts';
import { EvidenceError } from '../../shared/ledger/evidence-error.ts';
import { formatNote, linesOf } from '../../shared/ledger/note.ts';
import type { JudgedCheckpoint, TrustFile } from '../../shared/ledger/trust.ts';
import { EvidenceFileError } from '../evidence/evidence-file-error.ts';
import { nativeCrypto } from '../evidence/native-crypto.ts';
import { beginningOf } from '../evidence/read-file.ts';
import { type AskProof, headOfText, relate } from '../evidence/relation.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { ChooseFile } from './exports.ts';
import { sentenceOf, type TellFork } from './fork-report.ts';

const TITLE = 'Checkpoint or bundle that you received';

interface Deps {
  /** What the vault verified last, also while an alarm stands, and the keys that are believed. @throws Refusal */
  readonly own: () => Promise<{ readonly head: OwnCheckpoint; readonly trust: TrustFile }>;
  readonly proof: (from: number, to: number) => Promise<readonly string[]>;
  readonly chooseFile: ChooseFile;
  readonly chooseExisting: (title: string) => Promise<string | null>;
  /** A person must hear of a fork on whichever page is open. */
  readonly alarm: (text: string) => void;
  readonly tellFork: TellFork;
}

/** What was pasted or photographed has whatever line ends it came with; a note has one kind. */
const asNote = (text: string): string => `${text.replaceAll('\r\n', '\n').trim()}\n`;

const headOf = ({ origin, size, root }: OwnCheckpoint) => ({ origin, size, root });

const judged = (text: string, trust: TrustFile): JudgedCheckpoint => {
  try {
    return headIn(nativeCrypto, text, trust);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new Refusal('request-failed', `This is no checkpoint: ${error.message}.`, { cause: error });
  }
};

async function textOf(path: string | null): Promise<string | null> {
  try {
    return path === null ? null : await beginningOf(path, FIRST_LINE_BYTES);
  } catch (error) {
    if (!(error instanceof EvidenceFileError)) throw error;
    throw new Refusal('request-failed', error.message, { cause: error });
  }
}

/** Checkpoints travel between consoles by file, text or picture; each is judged here against the one that the vault keeps. */
export function createCheckpointDesk({ own, proof, chooseFile, chooseExisting, alarm, tellFork }: Deps) {
  /** Of a size that the log does not have there is nothing to be proven. */
  const ask: AskProof = async (from, to) => {
    try {
      return await proof(from, to);
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  };

  async function compare(text: string): Promise<Comparison> {
    const { head, trust } = await own();
    const mine = headOf(head);
    const { note, witnesses, problem } = judged(text, trust);
    const other = headOfText(note.text);
    const answer = { own: mine, other, witnesses: [...witnesses], message: problem, told: null };
    if (other.origin !== mine.origin) return { ...answer, relation: 'other-log' };
    if (problem !== null) return { ...answer, relation: 'unsigned' };
    const relation = await relate(mine, other, ask);
    if (relation !== 'fork') return { ...answer, relation };
    const told = await tellFork({ seen: head.note, shown: formatNote(note.text, linesOf(note)) });
    alarm(
      `FORK: somebody was shown a head of ${other.size} entries that does not fit the log verified here. ${sentenceOf(told)} Open the Ledger.`,
    );
    return { ...answer, relation, told };
  }

  return {
    own: async (): Promise<OwnCheckpoint> => {
      const { head } = await own();
      return { ...headOf(head), note: head.note };
    },
    /** @returns null when the person chose no file. @throws Refusal for what is no checkpoint */
    compare: async (request: CompareRequest): Promise<Comparison | null> => {
      const text = request.from === 'text' ? request.text : await textOf(await chooseExisting(TITLE));
      if (text === null) return null;
      return compare(text.startsWith('{') ? text : asNote(text));
    },
    /** @returns where it was saved; null for nowhere */
    save: async (): Promise<{ path: string | null }> => {
      const { head } = await own();
      const path = await chooseFile(`sallyport-${head.size}.checkpoint`);
      if (path === null) return { path };
      try {
        await writeFile(path, head.note, { mode: 0o600 });
      } catch (cause) {
        throw new Refusal(
          'request-failed',
          'The checkpoint could not be saved there. Choose another place.',
          {
            cause,
          },
        );
      }
      return { path };
    },
  };
}

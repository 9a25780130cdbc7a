import { writeFile } from 'node:fs/promises';

interface Deps {
  /** Null when the person thought better of it. */
  readonly choose: (name: string) => Promise<string | null>;
  readonly notice: (level: 'info' | 'warning', text: string) => void;
}

/** What a file is to whoever finds it, by the names that the keeper gives. */
const OPENED_BY: readonly (readonly [RegExp, string])[] = [
  [/\.age$/, 'Only its passphrase or recipient opens it.'],
  [/\.sealed$/, 'Only its recipient opens it.'],
  [/^answer-.*\.second$/, 'Only the console that asked opens what is given in it.'],
  [
    /^request-.*\.second$/,
    'Anybody can read what it asks. Only the second operator’s console can answer it.',
  ],
  [/^introduction\.second$/, 'It is public and signed.'],
  [/\.json$/, 'Anybody can read it. It is signed.'],
];

const savedWords = (name: string): string =>
  ['The file was saved.', OPENED_BY.find(([kind]) => kind.test(name))?.[1] ?? ''].join(' ').trim();

/** Writes what the keeper made where a person wants it (0600), and says whether it is there and who can read it. */
export const saveFile =
  ({ choose, notice }: Deps) =>
  async (name: string, text: string): Promise<void> => {
    try {
      const path = await choose(name);
      if (path === null) return notice('info', 'The file was not saved.');
      await writeFile(path, text, { mode: 0o600 });
      notice('info', savedWords(name));
    } catch {
      notice('warning', 'The file could not be saved there. Do it again, to another place.');
    }
  };

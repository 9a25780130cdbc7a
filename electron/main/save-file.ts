import { writeFile } from 'node:fs/promises';

interface Deps {
  /** Null when the person thought better of it. */
  readonly choose: (name: string) => Promise<string | null>;
  readonly notice: (level: 'info' | 'warning', text: string) => void;
}

/** Writes ciphertext where a person wants it (0600), and says whether it is there. */
export const saveFile =
  ({ choose, notice }: Deps) =>
  async (name: string, text: string): Promise<void> => {
    try {
      const path = await choose(name);
      if (path === null) return notice('info', 'The export was not saved.');
      await writeFile(path, text, { mode: 0o600 });
      notice('info', 'The export was saved. Only its passphrase or recipient opens it.');
    } catch {
      notice('warning', 'The export could not be saved there. Export it again to another place.');
    }
  };

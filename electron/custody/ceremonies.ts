import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ceremony, suppliedFingerprint } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';
import { type Journal, openJournal } from './journal.ts';

const NAME = /^\d{4}\.jsonl$/;
const nameOf = (number: number): string => `${String(number).padStart(4, '0')}.jsonl`;

type Deps = Parameters<typeof openJournal>[1];

/** The wallet that the service is to pay with, and where it gets the key from. */
export interface Holder {
  readonly item: string;
  readonly address: string;
  readonly fingerprint: string;
  readonly way: 'vault' | 'package' | 'aws';
}

/** Every ceremony of this custodian, oldest first. */
export interface Ceremonies {
  /** Those that have begun. */
  all(): readonly { readonly journal: Journal; readonly ceremony: Ceremony }[];
  /** The journal of the one that is not ended, or an empty one for the next. */
  current(): Promise<Journal>;
}

/** A disk that refuses is said as that; whoever asked goes on without custody. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof CustodyError) throw cause;
    throw new CustodyError(
      'journal-unavailable',
      'The journals of rotations cannot be read or written. Free some space or restore the folder’s rights; nothing was done.',
      { cause },
    );
  }
}

/** The folder is made with the first rotation: looking at a vault writes nothing. */
async function namesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return found.filter((name) => NAME.test(name)).sort();
}

const guarded = (journal: Journal): Journal => ({
  ...journal,
  append: (record) => onDisk(() => journal.append(record)),
});

/** @throws CustodyError `ceremony-damaged`, `journal-unavailable` */
export async function openCeremonies(folder: string, deps: Deps): Promise<Ceremonies> {
  const journals: Journal[] = [];
  const open = (name: string): Promise<Journal> =>
    onDisk(async () => guarded(await openJournal(join(folder, name), deps)));
  for (const name of await onDisk(() => namesIn(folder))) journals.push(await open(name));
  return {
    all: () =>
      journals.flatMap((journal) => {
        const ceremony = journal.ceremony();
        return ceremony ? [{ journal, ceremony }] : [];
      }),
    async current() {
      const last = journals.at(-1);
      if (last && !last.ceremony()?.ended) return last;
      await onDisk(() => mkdir(folder, { recursive: true, mode: 0o700 }));
      const journal = await open(nameOf(journals.length + 1));
      journals.push(journal);
      return journal;
    },
  };
}

/** Whose turn it is after all these ceremonies: a pure function of what is on the disk, so it is one key or none. */
export function holderOf(ceremonies: readonly Ceremony[]): Holder | null {
  return ceremonies.reduce<Holder | null>((holder, ceremony) => {
    const { generated, sealed } = ceremony.done;
    const supplied = suppliedFingerprint(ceremony);
    if (!generated || supplied === null) return holder;
    if (supplied === generated.wallet.fingerprint)
      return { ...generated.wallet, item: generated.item, way: sealed?.way ?? 'vault' };
    return generated.former ? { ...generated.former, way: holder?.way ?? 'vault' } : holder;
  }, null);
}

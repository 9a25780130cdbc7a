import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ceremony, suppliedFingerprint } from './ceremony.ts';
import { type Journal, openJournal } from './journal.ts';

const NAME = /^\d{4}\.jsonl$/;
const nameOf = (number: number): string => `${String(number).padStart(4, '0')}.jsonl`;

type Deps = Parameters<typeof openJournal>[1];

/** The wallet that the service is to pay with, and where it gets the key from. */
export interface Holder {
  readonly item: string;
  readonly address: string;
  readonly fingerprint: string;
  readonly way: 'vault' | 'package';
}

/** Every ceremony of this custodian, oldest first. */
export interface Ceremonies {
  /** Those that have begun. */
  all(): readonly { readonly journal: Journal; readonly ceremony: Ceremony }[];
  /** The journal of the one that is not ended, or an empty one for the next. */
  current(): Promise<Journal>;
}

/** @throws CustodyError `ceremony-damaged` */
export async function openCeremonies(folder: string, deps: Deps): Promise<Ceremonies> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort();
  const journals: Journal[] = [];
  for (const name of names) journals.push(await openJournal(join(folder, name), deps));
  return {
    all: () =>
      journals.flatMap((journal) => {
        const ceremony = journal.ceremony();
        return ceremony ? [{ journal, ceremony }] : [];
      }),
    async current() {
      const last = journals.at(-1);
      if (last && !last.ceremony()?.ended) return last;
      const journal = await openJournal(join(folder, nameOf(journals.length + 1)), deps);
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

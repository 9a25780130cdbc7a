import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { OnDisk } from './disk.ts';
import type { VaultContent } from './format.ts';
import { judgeGeneration } from './generation.ts';
import type { KeychainRecords } from './keychain-records.ts';

/** What can be said of a vault that nobody has opened yet. Nothing in it is proven before the passphrase. */
export interface Inspection {
  readonly state: 'absent' | 'locked' | 'damaged';
  readonly keychain: VaultStatus['keychain'];
  readonly content: VaultContent | null;
  /** The generation before, when it is readable and the current one is not. */
  readonly previous: { readonly generation: number; readonly writtenAt: string } | null;
  /** Sentences for a person, worst first. */
  readonly warnings: readonly string[];
}

export const protectionOf = (content: VaultContent): NonNullable<VaultStatus['protection']> =>
  content.slots.some((slot) => slot.kind === 'passphrase+keychain')
    ? 'passphrase-and-keychain'
    : 'passphrase-only';

const KEYCHAIN_WARNINGS: Readonly<Record<VaultStatus['keychain'], string | null>> = {
  system: null,
  missing: 'There is no system keychain that works.',
};

const PASSPHRASE_ONLY =
  'The passphrase alone protects this vault (passphrase-only): whoever copies the file can guess at it.';
const UNDETECTABLE = 'Without a keychain, an older copy of the vault put in its place cannot be detected.';

function freshnessWarning(content: VaultContent, counter: number | null, usable: boolean): string | null {
  if (!usable) return UNDETECTABLE;
  const said = {
    current: null,
    unknown:
      'The keychain holds no record of this vault’s generation: whether this file is the newest cannot be known.',
    'counter-behind':
      'The keychain remembers an older generation than this file has: the keychain was restored from a copy.',
    'rolled-back': `This file is older (generation ${content.generation}) than the vault that was last used here (generation ${counter}).`,
  };
  return said[judgeGeneration(content.generation, counter)];
}

async function contentWarnings(content: VaultContent, records: KeychainRecords): Promise<(string | null)[]> {
  const only = protectionOf(content) === 'passphrase-only';
  const counter = await records.counterOf(content.vaultId).catch(() => null);
  // Asked after the counter: a keychain that did not answer is missing from here on.
  const { usable } = records;
  const half = 'The passphrase needs the keychain too; the recovery code does not.';
  return [
    !only && !usable ? half : null,
    freshnessWarning(content, counter?.generation ?? null, usable),
    only ? PASSPHRASE_ONLY : null,
  ];
}

const present = (values: readonly (string | null)[]): string[] =>
  values.filter((v): v is string => v !== null);

function damageOf({ current }: OnDisk): string {
  if (current.kind === 'unreadable') return current.error.message;
  return 'The vault file vault.sallyport is missing from its folder.';
}

export async function inspect(
  disk: OnDisk,
  records: KeychainRecords,
  directory: string,
): Promise<Inspection> {
  const { current, previous } = disk;
  if (current.kind === 'readable') {
    const { content } = current.decoded;
    const found = await contentWarnings(content, records);
    const warnings = present([...found, KEYCHAIN_WARNINGS[records.quality]]);
    return { state: 'locked', keychain: records.quality, content, previous: null, warnings };
  }
  const keychain = records.quality;
  const about = KEYCHAIN_WARNINGS[keychain];
  const traces =
    current.kind === 'unreadable' || previous.kind !== 'absent' || (await records.remembers(directory));
  if (!traces)
    return { state: 'absent', keychain, content: null, previous: null, warnings: present([about]) };
  const older = previous.kind === 'readable' ? previous.decoded.content : null;
  const advice = older
    ? `Put a good copy back, or go on with the generation before it (${older.generation}).`
    : 'Put a good copy of it back and try again.';
  return {
    state: 'damaged',
    keychain,
    content: older,
    previous: older && { generation: older.generation, writtenAt: older.writtenAt },
    warnings: present([`${damageOf(disk)} ${advice}`, about]),
  };
}

import type { SecretUseAction } from '../../shared/http/secret-use.ts';
import { MAX_SECRET_BYTES } from '../../shared/http/vault-items.ts';
import type { ToKeeper } from '../../shared/ipc/trusted.ts';
import { ageFile } from '../custody/age-file.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { readImport, walletSecret } from '../custody/import-file.ts';
import { readKey, writeKey } from '../custody/key-formats.ts';
import { SHARED_TYPE } from '../custody/two-person-wallet.ts';
import { VaultError } from '../vault/errors.ts';
import type { Holdings } from '../vault/holdings.ts';
import type { NewSecret } from '../vault/items.ts';
import type { KeeperToMain } from './protocol.ts';

type Ask<T extends ToKeeper['type']> = Extract<ToKeeper, { type: T }>;

async function addAll(holdings: Holdings, secrets: readonly NewSecret[]): Promise<void> {
  try {
    await holdings.add(secrets);
  } finally {
    for (const { secret } of secrets) secret.fill(0);
  }
}

/** @returns the sentence that the window ends with */
export async function addItem(holdings: Holdings, ask: Ask<'add-item'>): Promise<string> {
  const { itemType: type, label, canary } = ask;
  const secret = type === 'wallet-key' ? walletSecret(ask.secret) : Buffer.from(ask.secret, 'utf8');
  if (secret.length > MAX_SECRET_BYTES)
    throw new VaultError('vault-full', 'This is longer than 48 KiB. The vault keeps secrets, not files.');
  await addAll(holdings, [{ type, label, canary, secret }]);
  return `“${label}” is in the vault.`;
}

export async function importItems(holdings: Holdings, { text, label }: Ask<'import-items'>): Promise<string> {
  const secrets = readImport(text, label);
  await addAll(holdings, secrets);
  const count = secrets.length === 1 ? '1 secret is' : `${secrets.length} secrets are`;
  return `${count} in the vault. Delete the file that you imported: it holds them in the clear.`;
}

/** An item as text, after the journal has the use; a canary that is touched is told to main at once. */
async function textOf(
  holdings: Holdings,
  id: string,
  action: SecretUseAction,
  tell: (message: KeeperToMain) => void,
): Promise<string> {
  const item = holdings.list().find((candidate) => candidate.id === id);
  if (item?.type === SHARED_TYPE)
    throw new CustodyError(
      'second-needed',
      'This wallet opens with the keys of two operators. Show or export it on the Custody screen.',
    );
  const value = await holdings.use(id, action, (secret) => secret.toString('utf8'));
  if (item?.canary) tell({ type: 'canary', label: item.label ?? '', action });
  return value;
}

interface ItemAct {
  readonly holdings: Holdings;
  readonly id: string;
  readonly tell: (message: KeeperToMain) => void;
}

export const revealItem = ({ holdings, id, tell }: ItemAct): Promise<string> =>
  textOf(holdings, id, 'reveal', tell);

export async function copyItem({ holdings, id, tell }: ItemAct): Promise<void> {
  tell({ type: 'copy', text: await textOf(holdings, id, 'copy', tell) });
}

const isWallet = (holdings: Holdings, id: string): boolean =>
  holdings.list().some((item) => item.id === id && item.type === 'wallet-key');

/** The file leaves the keeper as ciphertext; main asks where it goes. */
export async function exportItem(
  { holdings, id, tell }: ItemAct,
  { to, format }: Ask<'export-item'>,
): Promise<string> {
  const value = await textOf(holdings, id, 'export', tell);
  const content = Buffer.from(isWallet(holdings, id) ? asKey(value, format) : value, 'utf8');
  try {
    tell({ type: 'save-file', name: 'sallyport-export.age', text: await ageFile(content, to) });
  } finally {
    content.fill(0);
  }
  return 'It is encrypted. Choose where the file goes.';
}

function asKey(text: string, format: Ask<'export-item'>['format']): string {
  const seed = readKey(text);
  try {
    return writeKey(seed, format);
  } finally {
    seed.fill(0);
  }
}

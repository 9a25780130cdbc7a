import { HELD_TYPES } from '../../shared/http/vault-items.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import { hkdf } from './crypto.ts';
import { damaged, VaultError } from './errors.ts';
import type { StoredItem, VaultContent } from './format.ts';
import { Holdings, type HoldingsDependencies } from './holdings.ts';
import { protectionOf } from './inspection.ts';
import {
  ITEM_TYPES,
  type ItemType,
  openItem,
  type ServiceRootHandle,
  type SigningHandle,
  serviceRootHandle,
  signingHandle,
  WITNESS_TYPE,
} from './items.ts';

const WITNESS_INFO = 'sallyport/vault/v1/witness';

/** An open vault: handles and facts, no values. It ends with the process that holds it. */
export interface OpenVault {
  readonly vaultId: string;
  readonly generation: number;
  readonly items: number;
  readonly protection: NonNullable<VaultStatus['protection']>;
  readonly operatorKey: SigningHandle;
  readonly serviceRoot: ServiceRootHandle;
  /** Cosigns heads of the log. Of the operator's key, so that a re-keyed vault is the same witness. */
  readonly witnessKey: SigningHandle;
  /** What changes while it is open: items, slots, generation. */
  readonly holdings: Holdings;
}

/** Opens every item, so that a damaged one is found at unlock and not in an incident. @throws VaultError `vault-damaged` | `vault-newer` */
export function openEveryItem(content: VaultContent, root: Uint8Array): ReadonlyMap<ItemType, Buffer> {
  const secrets = new Map<ItemType, Buffer>();
  for (const item of content.items) {
    if (isKept(item) || item.type === WITNESS_TYPE) {
      // What is read later is opened to be checked, and closed at once.
      openItem(root, content.vaultId, item).fill(0);
      continue;
    }
    const type = ITEM_TYPES.find((known) => known === item.type);
    if (!type)
      throw new VaultError(
        'vault-newer',
        `This vault holds an item (${item.type}) that this Sallyport does not know.`,
      );
    const secret = openItem(root, content.vaultId, item);
    if (secret.length !== 32 || secrets.has(type))
      throw damaged(`item ${item.id} is not what it claims to be`);
    secrets.set(type, secret);
  }
  return secrets;
}

const isKept = ({ type, label }: StoredItem): boolean =>
  label !== undefined && HELD_TYPES.some((known) => known === type);

/**
 * Turns the vault's own keys into handles and the rest into holdings.
 * @throws VaultError `vault-damaged` | `vault-newer`
 */
export function openContent(
  deps: HoldingsDependencies,
  { content, root, onDisk }: { content: VaultContent; root: Uint8Array; onDisk: Buffer },
): OpenVault {
  const secrets = openEveryItem(content, root);
  const operatorSeed = secrets.get('operator-key');
  const serviceRoot = secrets.get('service-root');
  if (!operatorSeed || !serviceRoot) throw damaged('it lacks an item that every vault has');
  const witnessKey = signingHandle(hkdf(operatorSeed, Buffer.from(content.vaultId, 'utf8'), WITNESS_INFO));
  const operatorKey = signingHandle(operatorSeed);
  const holdings = new Holdings(deps, { content, root, onDisk, key: operatorKey });
  return {
    vaultId: content.vaultId,
    operatorKey,
    witnessKey,
    serviceRoot: serviceRootHandle(serviceRoot),
    holdings,
    get generation() {
      return holdings.content.generation;
    },
    get items() {
      return holdings.content.items.length;
    },
    get protection() {
      return protectionOf(holdings.content);
    },
  };
}

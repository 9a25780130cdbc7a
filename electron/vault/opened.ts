import type { VaultStatus } from '../../shared/ipc/vault.ts';
import { damaged, VaultError } from './errors.ts';
import type { VaultContent } from './format.ts';
import { protectionOf } from './inspection.ts';
import {
  ITEM_TYPES,
  type ItemType,
  openItem,
  type ServiceRootHandle,
  type SigningHandle,
  serviceRootHandle,
  signingHandle,
} from './items.ts';

/** An open vault: handles and facts, no values. It ends with the process that holds it. */
export interface OpenVault {
  readonly vaultId: string;
  readonly generation: number;
  readonly items: number;
  readonly protection: NonNullable<VaultStatus['protection']>;
  readonly operatorKey: SigningHandle;
  readonly serviceRoot: ServiceRootHandle;
}

function openAll(content: VaultContent, root: Uint8Array): ReadonlyMap<ItemType, Buffer> {
  const secrets = new Map<ItemType, Buffer>();
  for (const item of content.items) {
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

/**
 * Opens every item, so that a damaged one is found at unlock and not in an incident, and turns each into its handle.
 * @throws VaultError `vault-damaged` | `vault-newer`
 */
export function openContent(content: VaultContent, root: Uint8Array): OpenVault {
  const secrets = openAll(content, root);
  const operatorSeed = secrets.get('operator-key');
  const serviceRoot = secrets.get('service-root');
  if (!operatorSeed || !serviceRoot) throw damaged('it lacks an item that every vault has');
  return {
    vaultId: content.vaultId,
    generation: content.generation,
    items: content.items.length,
    protection: protectionOf(content),
    operatorKey: signingHandle(operatorSeed),
    serviceRoot: serviceRootHandle(serviceRoot),
  };
}

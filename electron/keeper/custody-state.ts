import type { CustodyState, Rotation as RotationView, SecretCopy } from '../../shared/ipc/custody.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { ApprovedDeeds } from '../custody/approved-deeds.ts';
import { abortNeeds, type Ceremony, nextStep, STEPS } from '../custody/ceremony.ts';
import type { ImportedWallet, ImportedWallets } from '../custody/imports.ts';
import type { Rehearsals } from '../custody/rehearsals.ts';
import type { Rotation } from '../custody/rotation.ts';
import type { SecondOperator } from '../custody/second-operator.ts';
import type { Holdings } from '../vault/holdings.ts';
import { approvalsView } from './custody-approved.ts';
import { copiesInVault, copiesOfImported, retiredBy, toldOnce } from './custody-copies.ts';

type Shared = ReadonlyMap<string, NonNullable<Ceremony['persons']>>;

function viewOf(ceremony: Ceremony, shared: Shared): RotationView {
  const { id, reason, done, unfinished, reverting, ended, inFlight } = ceremony;
  const { generated, sealed } = done;
  const next = nextStep(ceremony);
  return {
    ...{ id, reason, next, reverting, ended, inFlight: [...inFlight] },
    wallet: generated ? { ...generated.wallet, item: generated.item } : null,
    former: generated?.former ?? null,
    second: ceremony.persons?.second.name ?? null,
    formerSecond: shared.get(generated?.former?.item ?? '')?.second.name ?? null,
    way: sealed?.way ?? null,
    secret: sealed?.way === 'aws' ? sealed.secret : null,
    done: STEPS.filter((step) => done[step]),
    unfinished: unfinished !== null && unfinished === next,
    abort: ended ? null : abortNeeds(ceremony),
  };
}

const SERVICE_READS = {
  vault: 'given to the api process',
  package: 'where the package was imported',
  aws: 'read from AWS Secrets Manager',
} as const;

/** What AWS has of the new key. An abort counts only once no label is left on its versions; AWS removes them by and by. */
function copyAtAws(view: RotationView, address: string): SecretCopy {
  const isAborted = view.ended === 'aborted';
  return {
    ...{ address, where: 'aws', detail: view.secret ?? '', state: isAborted ? 'retired' : 'kept' },
    proof: isAborted
      ? 'Every label was taken back; AWS removes a version without one'
      : 'Read back whole; who may read it is its policy’s matter',
  };
}

type Items = ReturnType<Holdings['list']>;

/** Those that are still in the vault, with the names that both keys were taken under. */
const sharedIn = (views: readonly RotationView[], shared: Shared, items: Items): CustodyState['shared'] =>
  views.flatMap(({ wallet }) => {
    const persons =
      wallet && items.some(({ id }) => id === wallet.item) ? shared.get(wallet.item) : undefined;
    if (!wallet || !persons) return [];
    const { first, second } = persons;
    const names = { first: first.name, second: second.name };
    return [{ item: wallet.item, address: wallet.address, ...names, imported: false }];
  });

const importedIn = (imports: readonly ImportedWallet[], items: Items): CustodyState['shared'] =>
  imports.flatMap(({ item, wallet: { address }, persons: { first, second } }) =>
    items.some(({ id }) => id === item)
      ? [{ item, address, first: first.name, second: second.name, imported: true }]
      : [],
  );

function copiesOf(
  view: RotationView,
  items: Items,
  holder: CustodyState['holder'],
  hasShares: boolean,
): SecretCopy[] {
  const copies: SecretCopy[] = [];
  for (const [wallet, second] of [
    [view.wallet, view.second],
    [view.former, view.formerSecond],
  ] as const) {
    if (!wallet) continue;
    const { address, item, fingerprint } = wallet;
    const isKept = items.some(({ id }) => id === item);
    copies.push(...copiesInVault(address, { isKept, second, hasShares }));
    if (holder?.fingerprint === fingerprint)
      copies.push({
        ...{ address, where: 'service', state: 'kept', proof: 'The one key that the service pays with' },
        detail: SERVICE_READS[holder.way],
      });
  }
  if (view.wallet && view.way === 'aws' && view.done.includes('imported'))
    copies.push(copyAtAws(view, view.wallet.address));
  if (view.wallet && view.way === 'package')
    copies.push({
      ...{ address: view.wallet.address, where: 'package', detail: 'sealed file, age' },
      state: view.ended === 'aborted' ? 'retired' : 'kept',
      proof:
        view.ended === 'aborted'
          ? 'The rotation was aborted; nothing was sent to this wallet by it'
          : 'Only its recipient opens it; delete the file after the import',
    });
  return copies;
}

interface Sources {
  readonly rotation: Pick<Rotation, 'ceremonies' | 'holder'>;
  readonly rehearsals: Pick<Rehearsals, 'all'>;
  readonly imports: Pick<ImportedWallets, 'all'>;
  readonly second: Pick<SecondOperator, 'anchor'>;
  readonly approved: Pick<ApprovedDeeds, 'soFar'>;
}

/**
 * Everything of custody that a page may know: addresses, fingerprints and steps. While an imported wallet lives, each key that one person
 * opens is opened once per unlock to tell which wallet it is of; an item that does not open is named, and the rest is there.
 */
export async function custodyState(
  { rotation, rehearsals, imports, second, approved }: Sources,
  holdings: Pick<Holdings, 'list' | 'sharesSlot'>,
  keychain: VaultStatus['keychain'],
): Promise<CustodyState> {
  const ceremonies = await rotation.ceremonies();
  const { wallets: imported, unread } = await imports.all(
    (fingerprint) => retiredBy(fingerprint, ceremonies) !== null,
  );
  const shared: Shared = new Map([
    ...ceremonies.flatMap(({ persons, done: { generated } }) =>
      persons && generated ? [[generated.item, persons] as const] : [],
    ),
    ...imported.map(({ item, persons }) => [item, persons] as const),
  ]);
  const views = ceremonies.map((ceremony) => viewOf(ceremony, shared));
  const holder = await rotation.holder();
  const items = holdings.list();
  const known = new Set(views.flatMap(({ wallet, former }) => [wallet?.item, former?.item]));
  const hasShares = holdings.sharesSlot() !== null;
  const mayBeFormer = new Set(imported.map(({ item }) => item));
  const copies = [
    ...views.flatMap((view) => copiesOf(view, items, holder, hasShares)),
    ...imported.flatMap((one) => copiesOfImported(one, { items, ceremonies, hasShares })),
  ];
  return {
    keychain,
    holder,
    candidates: items.flatMap(({ id, type, label }) =>
      (type === 'wallet-key' || mayBeFormer.has(id)) && label !== null && !known.has(id)
        ? [{ item: id, label }]
        : [],
    ),
    accessKeys: items.flatMap(({ id, type, label }) =>
      type === 'provider-secret' && label !== null ? [{ item: id, label }] : [],
    ),
    current: views.find(({ ended }) => ended === null) ?? null,
    ended: views.filter(({ ended }) => ended !== null).reverse(),
    rehearsals: (await rehearsals.all()).map(({ id, at, drills }) => ({
      ...{ id, at, passed: drills.filter(({ passed }) => passed).length },
      failed: drills.flatMap(({ what, passed }) => (passed ? [] : [what])),
    })),
    shared: [...sharedIn(views, shared, items), ...importedIn(imported, items)],
    copies: toldOnce(copies),
    approvals: await approvalsView({ second, approved }),
    unread: [...unread],
  };
}

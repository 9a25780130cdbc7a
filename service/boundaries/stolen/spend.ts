import type { Stolen } from '../../../shared/http/containment.ts';
import type { OperatorRole } from '../../../shared/http/route.ts';
import { routeOf } from '../../../shared/http/table.ts';
import { formatUnits } from '../../../shared/money/units.ts';
import type { Database } from '../../db/database.ts';
import { type Credential, spentOf, type WalletLeft, walletOf, walletsOfAccount } from './store.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** Whether the role signs for money that is nobody's yet. */
const grants = (role: OperatorRole): boolean => {
  const { signed } = routeOf('treasury.grant').policy;
  return typeof signed !== 'string' && signed.includes(role);
};

const sumOf = (wallets: readonly WalletLeft[]): bigint =>
  wallets.reduce((sum, { available }) => sum + (available > 0n ? available : 0n), 0n);

async function walletsOf(db: Reader, { kind, accountId, agentId }: Credential): Promise<WalletLeft[]> {
  if (kind === 'identity') return [];
  // A key of an agent spends from the agent's wallet, and so does the agent itself.
  if ((kind === 'inference' || kind === 'platform') && agentId !== null)
    return walletOf(db, { type: 'agent', id: agentId });
  if (accountId === null) return [];
  return kind === 'inference'
    ? walletOf(db, { type: 'account', id: accountId })
    : walletsOfAccount(db, accountId);
}

const spendOf = (
  credits: bigint | null,
  wallets: readonly WalletLeft[],
  because: string[],
  signatures = 0,
): Stolen['spend'] => ({
  credits: credits === null ? null : formatUnits(credits),
  signatures,
  wallets: wallets.map(({ address, available }) => ({ address, available: formatUnits(available) })),
  because,
});

/** What somebody who holds it could spend now, before anybody notices. */
export async function spendable(db: Reader, credential: Credential, good: boolean): Promise<Stolen['spend']> {
  const { kind, operatorRole, signaturesLeft, spendLimit } = credential;
  if (!good) return spendOf(0n, [], ['It is not accepted any more.']);
  if (kind === 'payer-session')
    return spendOf(0n, [], ['The payer signs so many payments with it.'], signaturesLeft ?? 0);
  if (kind === 'operator' && operatorRole && grants(operatorRole))
    return spendOf(
      null,
      [],
      ['An operator of this role signs for grants and transfers; no balance bounds them.'],
    );
  const wallets = await walletsOf(db, credential);
  if (wallets.length === 0) return spendOf(0n, [], ['No wallet stands behind it.']);
  const funds = sumOf(wallets);
  const because = [
    `${formatUnits(funds)} is available in its wallets.`,
    ...wallets.filter(({ frozen }) => frozen).map(({ address }) => `${address} is frozen.`),
  ];
  if (spendLimit === undefined || spendLimit === null) return spendOf(funds, wallets, because);
  const rest = spendLimit - (await spentOf(db, credential.id));
  const room = rest > 0n ? rest : 0n;
  because.push(`${formatUnits(room)} is left of the key’s own limit.`);
  return spendOf(room < funds ? room : funds, wallets, because);
}

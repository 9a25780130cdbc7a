import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../service/db/database.ts';
import { openHold, postHold } from '../../service/treasury/holds.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { addressOf } from '../../shared/money/wallets.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { fund, holdOf, noStage, openWallets } from '../fixtures/treasury.ts';

/** Somebody has the api's password and writes SQL. What the rules forbid is refused by a constraint that says its name. */
const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 2);
const owner = cluster.open('migrator', 1);

let ada: string;
let bob: string;
let pending: string;
let posted: string;
const fresh = (kind: 'transfer' | 'hold') => makeId(kind, randomBytes(10), Date.now());

// Once: what is refused leaves nothing behind.
beforeAll(async () => {
  const [first, second] = await openWallets(db, 2);
  [ada, bob] = [addressOf(first), addressOf(second)];
  await fund(db, first, 100n);
  pending = await transact(db, (tx) => openHold(tx, noStage, holdOf(first, 30n))).then((h) => h.holdId);
  posted = await transact(db, (tx) => openHold(tx, noStage, holdOf(first, 20n))).then((h) => h.holdId);
  await transact(db, (tx) => postHold(tx, noStage, { holdId: posted, units: 15n, payee: 'revenue' }));
});

/** Runs the statements in one transaction of the role. @returns the constraint that refused, or what else happened */
async function attempt(statements: readonly string[], as = db): Promise<string> {
  try {
    await as.kysely.transaction().execute(async (tx) => {
      for (const statement of statements) await sql.raw(statement).execute(tx);
    });
    return 'done';
  } catch (error) {
    const { code, constraint } = error as { code: string; constraint: string | null };
    return constraint ?? code;
  }
}

interface Entry {
  readonly kind?: string;
  readonly from?: string;
  readonly to?: string;
  readonly units?: bigint;
  readonly hold?: string;
  readonly postings?: readonly (readonly [wallet: string, units: bigint])[];
}

/** A transfer with its postings, as SQL. */
function entry({ kind = 'transfer', from = ada, to = bob, units = 10n, hold, postings }: Entry): string[] {
  const id = fresh('transfer');
  const sides = postings ?? [
    [from, -units],
    [to, units],
  ];
  return [
    `INSERT INTO transfers (id, kind, from_wallet, to_wallet, units, hold_id)
     VALUES ('${id}', '${kind}', '${from}', '${to}', ${units}, ${hold ? `'${hold}'` : 'NULL'})`,
    ...sides.map(
      ([wallet, amount]) =>
        `INSERT INTO postings (transfer_id, wallet, units) VALUES ('${id}', '${wallet}', ${amount})`,
    ),
  ];
}

const figures = () =>
  sql<{ sum: string; odd: string }>`
    SELECT sum(posted)::text AS sum, (SELECT count(*)::text FROM wallets w
      WHERE posted <> (SELECT coalesce(sum(units), 0) FROM postings p WHERE p.wallet = w.address)
         OR held <> (SELECT coalesce(sum(units), 0) FROM holds h WHERE h.wallet = w.address AND state = 'pending')) AS odd
    FROM wallets`
    .execute(db.kysely)
    .then(({ rows }) => rows[0]);

describe('the api role by SQL', () => {
  const attacks: [string, string, () => string[]][] = [
    ['spends what the wallet has not', 'wallets_never_negative', () => entry({ from: bob, to: ada })],
    ['spends what is held', 'wallets_hold_within_balance', () => entry({ units: 60n })],
    [
      'makes revenue owe',
      'wallets_never_negative',
      () => entry({ kind: 'correction', from: 'revenue', units: 16n }),
    ],
    ['issues without a grant', 'transfers_issue_by_grant_only', () => entry({ from: 'issuance' })],
    ['calls a payment a grant', 'transfers_issue_by_grant_only', () => entry({ kind: 'admin_grant' })],
    [
      'lets the platform lose to a friend',
      'transfers_lose_as_loss_only',
      () => entry({ from: 'platform-loss' }),
    ],
    ['moves a wallet to itself', 'transfers_between_two_wallets', () => entry({ to: ada })],
    ['moves nothing', 'transfers_units_are_positive', () => entry({ units: 0n })],
    ['moves a negative amount', 'transfers_units_are_positive', () => entry({ units: -5n })],
    [
      'moves more than one movement may',
      'transfers_units_are_positive',
      () => entry({ units: 10n ** 17n + 1n }),
    ],
    ['credits without a debit', 'transfers_sum_to_zero', () => entry({ postings: [[bob, 10n]] })],
    ['debits without a credit', 'transfers_sum_to_zero', () => entry({ postings: [[ada, -10n]] })],
    ['enters a transfer without postings', 'transfers_sum_to_zero', () => entry({ postings: [] })],
    [
      'credits more than was debited',
      'postings_match_their_transfer',
      () =>
        entry({
          postings: [
            [ada, -10n],
            [bob, 11n],
          ],
        }),
    ],
    [
      'credits a third wallet',
      'postings_match_their_transfer',
      () =>
        entry({
          postings: [
            [ada, -10n],
            ['revenue', 10n],
          ],
        }),
    ],
    [
      'credits twice',
      'postings_once',
      () =>
        entry({
          postings: [
            [ada, -10n],
            [bob, 10n],
            [bob, 10n],
          ],
        }),
    ],
    ['pays a wallet that is not there', 'transfers_to', () => entry({ to: `tmu_${'z'.repeat(26)}` })],
    [
      'settles a hold that is not posted',
      'transfers_settle_their_hold',
      () => entry({ kind: 'settlement', hold: pending }),
    ],
    [
      'settles a hold twice',
      'transfers_one_per_hold',
      () => entry({ kind: 'settlement', hold: posted, to: 'revenue', units: 15n }),
    ],
    ['settles without a hold', 'transfers_settle_one_hold', () => entry({ kind: 'settlement' })],
    ['writes a balance', 'wallets_change_by_entries_only', () => [`UPDATE wallets SET posted = 1000`]],
    ['frees what is held', 'wallets_change_by_entries_only', () => [`UPDATE wallets SET held = 0`]],
    ['holds more than there is', 'wallets_hold_within_balance', () => [holdSql(ada, 60n)]],
    ['holds a negative amount', 'holds_units_are_positive', () => [holdSql(ada, -1n)]],
    ['holds what is owed', 'wallets_hold_within_balance', () => [holdSql('issuance', 1n)]],
    [
      'posts without a debit',
      'holds_posted_by_their_transfer',
      () => [postSql(pending, 30n, fresh('transfer'))],
    ],
    ['posts and names no transfer', 'holds_posted_as_a_whole', () => [postSql(pending, 30n, null)]],
    ['posts beyond the hold', 'holds_never_posted_beyond', () => [postSql(pending, 31n, fresh('transfer'))]],
    ['posts a hold again', 'holds_end_once', () => [postSql(posted, 5n, fresh('transfer'))]],
    ['voids a posted hold', 'holds_end_once', () => [endSql(posted, 'voided')]],
    ['expires a posted hold', 'holds_end_once', () => [endSql(posted, 'expired')]],
    [
      'opens an ended hold again',
      'holds_end_once',
      () => [`UPDATE holds SET state = 'pending', ended_at = NULL WHERE id = '${posted}'`],
    ],
    ['expires a hold before its time', 'holds_expire_at_their_time', () => [endSql(pending, 'expired')]],
    [
      'changes a pending hold',
      'holds_keep_what_was_held',
      () => [`UPDATE holds SET reason = 'x' WHERE id = '${pending}'`],
    ],
  ];
  const holdSql = (wallet: string, units: bigint) =>
    `INSERT INTO holds (id, wallet, units, purpose, reference, expires_at)
     VALUES ('${fresh('hold')}', '${wallet}', ${units}, 'x', 'x', now() + interval '1 minute')`;
  const postSql = (id: string, units: bigint, transfer: string | null) =>
    `UPDATE holds SET state = 'posted', ended_at = now(), posted_units = ${units},
       transfer_id = ${transfer ? `'${transfer}'` : 'NULL'} WHERE id = '${id}'`;
  const endSql = (id: string, state: string) =>
    `UPDATE holds SET state = '${state}', ended_at = now() WHERE id = '${id}'`;

  it.each(attacks)('%s: %s', async (_what, constraint, statements) => {
    expect(await attempt(statements())).toBe(constraint);
    expect(await figures()).toEqual({ sum: '0', odd: '0' });
  });

  it('may do by SQL what the rules allow', async () => {
    expect(await attempt(entry({ units: 55n }))).toBe('done');
    expect(await figures()).toEqual({ sum: '0', odd: '0' });
  });

  it.each([
    'UPDATE postings SET units = 1',
    'DELETE FROM postings',
    'UPDATE transfers SET units = 1',
    'DELETE FROM transfers',
    'DELETE FROM holds',
    'UPDATE holds SET units = 1',
    'DELETE FROM wallets',
    `UPDATE wallets SET address = 'x'`,
    `INSERT INTO wallets (address) VALUES ('mine')`,
    'TRUNCATE postings',
    'ALTER TABLE wallets DISABLE TRIGGER ALL',
    'ALTER TABLE wallets DROP CONSTRAINT wallets_never_negative',
  ])('has no right at all to %s', async (statement) => {
    expect(await attempt([statement])).toBe('forbidden');
  });
});

describe('the owner of the tables', () => {
  it.each([
    ['postings_are_append_only', 'UPDATE postings SET units = units'],
    ['postings_are_append_only', 'DELETE FROM postings'],
    ['transfers_are_immutable', `UPDATE transfers SET memo = 'x'`],
    ['transfers_are_immutable', 'DELETE FROM transfers'],
    ['holds_are_kept', 'DELETE FROM holds'],
    ['holds_end_once', `UPDATE holds SET reason = 'x' WHERE state = 'posted'`],
    ['wallets_change_by_entries_only', 'UPDATE wallets SET posted = posted + 1'],
    ['wallets_change_by_entries_only', 'DELETE FROM wallets'],
    ['wallets_address_is_its_owners', `INSERT INTO wallets (address) VALUES ('mine')`],
    ['wallets_never_negative', `INSERT INTO wallets (address, posted) VALUES ('revenue', -1)`],
    ['wallets_hold_never_negative', `INSERT INTO wallets (address, held) VALUES ('revenue', -1)`],
    [
      'wallets_balance_is_bounded',
      `INSERT INTO wallets (address, posted) VALUES ('revenue', 9100000000000000000)`,
    ],
  ])('meets %s: %s', async (constraint, statement) => {
    expect(await attempt([statement], owner)).toBe(constraint);
  });
});

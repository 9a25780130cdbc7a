import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { inclusionProof } from '../../../shared/http/evidence.ts';
import { routeOf } from '../../../shared/http/table.ts';
import { judgeInclusion } from '../../../shared/ledger/inclusion.ts';
import { type Attacks, bearer, type Ground } from '../attack.ts';
import type { Answer } from '../client.ts';
import { broken, held, mustRefuse, unavailable, type Verdict, worstOf } from '../verdict.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

const transfer = ({ client, tenant }: Ground, body: object): Promise<Answer> =>
  client.open({
    ...{ method: 'POST', path: routeOf('transfers.create').path, body },
    headers: { ...bearer(tenant.attacker.accessToken), 'idempotency-key': randomUUID() },
  });

/** @param refused what the database refused with, and null when it did not */
const byConstraint = (refused: string | null, wanted: RegExp): Verdict => {
  if (refused === null) return broken('The database took it. It was undone at once.');
  if (wanted.test(refused)) return held(`Refused by ${refused}.`);
  return unavailable(`Refused by ${refused}, which is another rule.`);
};

const page = z.object({
  entries: z.array(z.object({ id: z.string(), number: z.number().int(), leafHash: z.string() })).min(1),
});

/** Every hexadecimal digit becomes another one. */
const flipped = (hash: string): string =>
  `${(Number.parseInt(hash.charAt(0), 16) ^ 1).toString(16)}${hash.slice(1)}`;

async function tampered({ client, admin }: Ground): Promise<Verdict> {
  const headers = bearer(admin.token);
  const list = await client.admin({ path: `${routeOf('ledger.list').path}?limit=1`, headers });
  const found = page.safeParse(list.body);
  const entry = found.data?.entries[0];
  if (!entry) return unavailable('The log has no numbered entry yet.');
  const path = `${routeOf('ledger.inclusion').path}?number=${entry.number}`;
  const proof = inclusionProof.safeParse((await client.admin({ path, headers })).body);
  if (!proof.success) return unavailable('The log gave no proof of its newest entry.');
  const known = { id: entry.id, number: entry.number, leafHash: entry.leafHash, head: proof.data.head };
  if (judgeInclusion(sha256, known, proof.data).state !== 'verified')
    return broken(`Entry ${entry.number} as it was served is not in the log by its own proof.`);
  const copy = { ...known, leafHash: flipped(entry.leafHash) };
  const answer = { ...proof.data, leafHash: copy.leafHash };
  return judgeInclusion(sha256, copy, answer).state === 'verified'
    ? broken('A changed copy of an entry verifies.')
    : held(`Entry ${entry.number} verifies, and a copy with one bit changed does not.`);
}

/** Attacks on the books, the log and the walls between the roles of the database. */
export const databaseAttacks = {
  'foreign-wallet': async (ground) => {
    const { wallet, foreignWallet } = ground.tenant;
    const answer = await transfer(ground, { from: foreignWallet, toAddress: wallet, amount: '1' });
    return answer.type === 'insufficient_funds'
      ? broken('It was asked whether the wallet holds enough, not whose it is.')
      : mustRefuse(answer, 'forbidden');
  },
  'overdraft-transfer': async (ground) =>
    mustRefuse(
      await transfer(ground, { toAddress: ground.tenant.foreignWallet, amount: '1' }),
      'insufficient_funds',
    ),
  'negative-transfer': async (ground) => {
    const answer = await transfer(ground, { toAddress: ground.tenant.foreignWallet, amount: '-1' });
    return mustRefuse(answer, 'invalid_body', 'bad_request');
  },
  'overdraft-row': async ({ grounds, tenant }) =>
    byConstraint(
      await grounds.overdraft(tenant.wallet, tenant.foreignWallet),
      /^wallets_(never_negative|hold_within_balance)$/,
    ),
  'unmatched-posting': async ({ grounds, tenant }) =>
    byConstraint(
      await grounds.unmatchedPosting(tenant.wallet, tenant.foreignWallet),
      /^postings_match_their_transfer$/,
    ),
  'negative-hold': async ({ grounds, tenant }) =>
    byConstraint(await grounds.negativeHold(tenant.wallet), /^holds_units_are_positive$/),
  'rewrite-staged': async ({ grounds }) => {
    const able = await grounds.rewriters();
    return able.length > 0
      ? broken(`${able.slice(0, 3).join(', ')}.`)
      : held('No role may change or delete what it staged, nor a numbered entry.');
  },
  'foreign-table': async ({ grounds }) => {
    const refused = (what: string, was: boolean): Verdict =>
      was ? held(`This role was refused ${what}.`) : broken(`This role was not refused ${what}.`);
    return worstOf([
      refused('the operators', await grounds.forbidden('read-operators')),
      refused('operators and wallets', await grounds.forbidden('write-wallets')),
    ]);
  },
  'tampered-copy': tampered,
} satisfies Attacks;

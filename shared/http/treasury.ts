import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { adjustment, amount, exactAmount } from '../money/units.ts';
import { bookAddress, walletAddress } from '../money/wallets.ts';
import { defineRoutes } from './route.ts';

export const TRANSFER_KINDS = ['transfer', 'correction', 'admin_grant', 'settlement', 'loss'] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

export const HOLD_STATES = ['pending', 'posted', 'voided', 'expired'] as const;
export type HoldState = (typeof HOLD_STATES)[number];

export const WALLET_KINDS = ['account', 'agent', 'system'] as const;

const wallet = z.object({
  address: bookAddress,
  kind: z.enum(WALLET_KINDS),
  /** The account's or agent's id; null for a system account. */
  ownerId: z.string().nullable(),
  posted: exactAmount,
  held: exactAmount,
  /** What can be spent: posted less held. */
  available: exactAmount,
  createdAt: z.iso.datetime(),
  /** Since when nothing leaves it, by order of an operator; null while it is open. */
  frozenAt: z.iso.datetime().nullable(),
});
export type OwnWallet = z.infer<typeof wallet>;

const walletFreeze = z.object({
  id: idOf('walletFreeze'),
  frozenAt: z.iso.datetime(),
  frozenBy: z.string(),
  reason: z.string(),
});
export type WalletFreeze = z.infer<typeof walletFreeze>;

/** As operators see it: who froze it and why is no business of its owner, who may be the thief. */
export const shownWallet = wallet.extend({ freeze: walletFreeze.nullable() });
export type Wallet = z.infer<typeof shownWallet>;

const hold = z.object({
  id: idOf('hold'),
  wallet: bookAddress,
  amount: exactAmount,
  purpose: z.string(),
  reference: z.string(),
  state: z.enum(HOLD_STATES),
  openedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** What was taken of it; null unless it was posted. */
  posted: exactAmount.nullable(),
  reason: z.string().nullable(),
});
export type Hold = z.infer<typeof hold>;

const transfer = z.object({
  id: idOf('transfer'),
  kind: z.enum(TRANSFER_KINDS),
  from: bookAddress,
  to: bookAddress,
  amount: exactAmount,
  memo: z.string().nullable(),
  at: z.iso.datetime(),
});
export type Transfer = z.infer<typeof transfer>;

const posting = z.object({
  number: z.string().regex(/^\d+$/),
  wallet: bookAddress,
  /** Negative where it was debited. */
  amount: exactAmount,
  /** The other side of the same transfer. */
  counterpart: bookAddress,
  transfer: transfer.pick({ id: true, kind: true, memo: true, at: true }),
});
export type Posting = z.infer<typeof posting>;

/** A wallet whose balance is not what its entries say. There is none, unless the database itself was tampered with. */
const disagreement = z.object({
  address: z.string(),
  posted: exactAmount,
  postedByEntries: exactAmount,
  held: exactAmount,
  heldByEntries: exactAmount,
});

const conservation = z.object({
  at: z.iso.datetime(),
  /** Whether the sum is zero and every wallet is what its entries say. */
  holds: z.boolean(),
  /** Of all balances: zero. */
  sum: exactAmount,
  issuance: exactAmount,
  platformLoss: exactAmount,
  revenue: exactAmount,
  /** Of accounts and agents. */
  owned: exactAmount,
  held: exactAmount,
  wallets: z.number().int(),
  postings: z.number().int(),
  pendingHolds: z.number().int(),
  disagreements: z.array(disagreement),
});
export type Conservation = z.infer<typeof conservation>;

const page = {
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(64).optional(),
};
const nextCursor = z.string().nullable();
const memo = z.string().max(500, 'a memo has at most 500 characters');
const reason = z.string().trim().min(1, 'say why').max(500);

/** Who gives money away or takes it; a responder and a reviewer only look. */
const MAY_MOVE = ['custodian', 'administrator'] as const;
const moved = z.object({ transfer, eventId: idOf('entry') });

const publicRoutes = defineRoutes({
  'transfers.create': {
    method: 'POST',
    path: '/api/v1/transfers',
    summary: 'Transfer credits; the same Idempotency-Key and body never pay twice',
    plane: 'public',
    body: z
      .strictObject({
        /** Absent: the wallet of the agent acted as, else the account’s own. */
        from: walletAddress.optional(),
        toAddress: walletAddress.optional(),
        toAgentId: idOf('agent').optional(),
        amount,
        memo: memo.optional(),
      })
      .refine((body) => (body.toAddress === undefined) !== (body.toAgentId === undefined), {
        message: 'name one destination: toAddress or toAgentId',
      }),
    answers: { 201: moved },
    policy: {
      bearer: ['session', 'platform'],
      signed: 'no',
      claimed: 'required',
      unsignedBecause:
        'accounts and agents spend their own credits; session or key and the balance of the wallet bound it',
    },
    idempotencyKey: 'required',
    effect: 'mutate',
    events: ['transfer.posted'],
  },
  'wallets.mine': {
    method: 'GET',
    path: '/api/v1/wallets',
    summary: 'The wallets of the calling account and of its agents',
    plane: 'public',
    answers: { 200: z.object({ wallets: z.array(wallet) }) },
    policy: { bearer: 'session', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'wallets.postings': {
    method: 'GET',
    path: '/api/v1/wallets/:address/postings',
    summary: 'Postings of one wallet of the calling account or its agents, newest first',
    plane: 'public',
    params: z.object({ address: walletAddress }),
    query: z.object(page),
    answers: { 200: z.object({ postings: z.array(posting), nextCursor }) },
    policy: { bearer: 'session', signed: 'no', owner: 403 },
    effect: 'read',
    events: [],
  },
  'wallets.agent': {
    method: 'GET',
    path: '/api/v1/agents/self/wallet',
    summary: 'The wallet of the calling agent',
    plane: 'public',
    answers: { 200: z.object({ wallet }) },
    policy: { bearer: 'platform', signed: 'no' },
    effect: 'read',
    events: [],
  },
});

const adminRoutes = defineRoutes({
  'treasury.wallets': {
    method: 'GET',
    path: '/api/wallets',
    summary: 'Wallets and their balances, by address from the newest owner on, system accounts last',
    plane: 'admin',
    query: z.object({
      ...page,
      kind: z.enum(WALLET_KINDS).optional(),
      wallet: bookAddress.optional(),
      frozen: z.literal('only').optional(),
    }),
    answers: { 200: z.object({ wallets: z.array(shownWallet), nextCursor }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'treasury.holds': {
    method: 'GET',
    path: '/api/wallets/holds',
    summary: 'Holds, newest first',
    plane: 'admin',
    query: z.object({ ...page, state: z.enum(HOLD_STATES).optional(), wallet: bookAddress.optional() }),
    answers: { 200: z.object({ holds: z.array(hold), nextCursor }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'treasury.postings': {
    method: 'GET',
    path: '/api/wallets/postings',
    summary: 'Postings, newest first',
    plane: 'admin',
    query: z.object({ ...page, wallet: bookAddress.optional() }),
    answers: { 200: z.object({ postings: z.array(posting), nextCursor }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'treasury.conservation': {
    method: 'GET',
    path: '/api/wallets/conservation',
    summary: 'Whether all balances sum to zero and each is what its entries say',
    plane: 'admin',
    answers: { 200: conservation },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'treasury.transfer': {
    method: 'POST',
    path: '/api/wallets/transfer',
    summary: 'Correct the books by a transfer between two wallets',
    plane: 'admin',
    body: z.strictObject({
      from: z.union([walletAddress, z.literal('revenue')]),
      to: z.union([walletAddress, z.enum(['revenue', 'platform-loss'])]),
      amount,
      reason,
    }),
    answers: { 201: moved },
    policy: { bearer: 'admin', signed: MAY_MOVE },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Transfer credits',
      effect: 'The amount leaves one wallet for the other at once. Only another transfer takes it back.',
    },
    events: ['transfer.corrected'],
  },
  'treasury.grant': {
    method: 'POST',
    path: '/api/wallets/grant',
    summary: 'Issue credits to a wallet, or take them back with a negative amount (admin_grant)',
    plane: 'admin',
    body: z.strictObject({ to: walletAddress, amount: adjustment, reason }),
    answers: { 201: moved },
    policy: { bearer: 'admin', signed: MAY_MOVE },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Grant credits',
      effect: 'New credits are issued to the wallet. A negative amount takes credits away for ever.',
    },
    events: ['credits.granted'],
  },
});

export const treasuryRoutes = { ...publicRoutes, ...adminRoutes } as const;

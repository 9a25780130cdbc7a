import { base58 } from '@scure/base';
import {
  address,
  appendTransactionMessageInstructions,
  blockhash,
  compileTransaction,
  createNoopSigner,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  type Instruction,
  pipe,
  type SignatureBytes,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import {
  findAssociatedTokenPda,
  getTransferCheckedInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from '@solana-program/token';
import type { PayerSigner } from '../payer-key.ts';
import type { Payable } from './policy.ts';

const COMPUTE_BUDGET = address('ComputeBudget111111111111111111111111111111');
const MEMO = address('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
/** Of the token program, whose accounts alone are paid from and to: the newer one has fees and hooks of a token's own. */
export const TOKEN_PROGRAM: string = TOKEN_PROGRAM_ADDRESS;

/** More than a transfer and a memo take. */
const COMPUTE_UNITS = 60_000;

function computeUnitLimit(): Instruction {
  const data = Buffer.alloc(5);
  data.writeUInt8(2, 0);
  data.writeUInt32LE(COMPUTE_UNITS, 1);
  return { programAddress: COMPUTE_BUDGET, data };
}

function computeUnitPrice(microLamports: number): Instruction {
  const data = Buffer.alloc(9);
  data.writeUInt8(3, 0);
  data.writeBigUInt64LE(BigInt(microLamports), 1);
  return { programAddress: COMPUTE_BUDGET, data };
}

export async function tokenAccountOf(owner: string, mint: string): Promise<string> {
  const seeds = { owner: address(owner), mint: address(mint), tokenProgram: TOKEN_PROGRAM_ADDRESS };
  const [account] = await findAssociatedTokenPda(seeds);
  return account;
}

export interface PaymentOrder {
  readonly payable: Payable;
  readonly paymentId: string;
  readonly blockhash: string;
  readonly lastValidBlockHeight: number;
  /** Between 0 and 65535: tells two payments of one amount in one block apart where there is no memo. */
  readonly salt: number;
}

export interface SignedPayment {
  /** The payer's own signature, base58. */
  readonly signature: string;
  /** The transaction as it travels, base64; the fee payer's signature is still missing. */
  readonly transaction: string;
}

async function instructionsOf(
  { payable, paymentId, salt }: PaymentOrder,
  payer: string,
): Promise<Instruction[]> {
  const { requirement, asset } = payable;
  const transfer = getTransferCheckedInstruction({
    source: address(await tokenAccountOf(payer, asset.mint)),
    mint: address(asset.mint),
    destination: address(await tokenAccountOf(requirement.payTo, asset.mint)),
    authority: createNoopSigner(address(payer)),
    amount: requirement.amount,
    decimals: asset.decimals,
  });
  const memo = { programAddress: MEMO, data: Buffer.from(requirement.memo ?? paymentId) };
  // Facilitators of version 1 take exactly three instructions.
  return [
    ...[computeUnitLimit(), computeUnitPrice(1 + salt), transfer],
    ...(requirement.version === 1 ? [] : [memo]),
  ];
}

/**
 * Signs a transfer of exactly what was asked for, in the scheme `exact` of x402 on Solana: the facilitator pays the fee and adds
 * its signature. Nothing of the requirement but amount, recipient, fee payer and memo reaches what is signed.
 */
export async function signPayment(order: PaymentOrder, signer: PayerSigner): Promise<SignedPayment> {
  const lifetime = {
    blockhash: blockhash(order.blockhash),
    lastValidBlockHeight: BigInt(order.lastValidBlockHeight),
  };
  const instructions = await instructionsOf(order, signer.address);
  const compiled = compileTransaction(
    pipe(
      createTransactionMessage({ version: 0 }),
      (message) => setTransactionMessageFeePayer(address(order.payable.requirement.feePayer), message),
      (message) => setTransactionMessageLifetimeUsingBlockhash(lifetime, message),
      (message) => appendTransactionMessageInstructions(instructions, message),
    ),
  );
  const signature = signer.sign(Uint8Array.from(compiled.messageBytes)) as SignatureBytes;
  const signatures = { ...compiled.signatures, [address(signer.address)]: signature };
  return {
    signature: base58.encode(signature),
    transaction: getBase64EncodedWireTransaction({ ...compiled, signatures }),
  };
}

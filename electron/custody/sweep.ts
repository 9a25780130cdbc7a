import { base58 } from '@scure/base';
import {
  address,
  appendTransactionMessageInstructions,
  compileTransaction,
  createNoopSigner,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  type Instruction,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from '@solana/kit';
import { getTransferSolInstruction } from '@solana-program/system';
import {
  findAssociatedTokenPda,
  getCloseAccountInstruction,
  getCreateAssociatedTokenIdempotentInstruction,
  getTransferCheckedInstruction,
} from '@solana-program/token';
import { CustodyError } from './custody-error.ts';
import type { WalletHandle } from './wallet-key.ts';

/** What one signature costs on Solana, in lamports. */
const FEE = 5_000n;
/** Four token accounts with their three instructions each fit a transaction's 1232 bytes. */
const TOKENS_AT_ONCE = 4;

/** What is in the former wallet, as a cluster told it. Attacker-controlled: it decides amounts, never the destination. */
export interface Remains {
  readonly blockhash: string;
  readonly lastValidBlockHeight: string;
  readonly lamports: string;
  readonly tokens: readonly {
    readonly account: string;
    readonly mint: string;
    readonly program: string;
    readonly amount: string;
    readonly decimals: number;
  }[];
}

type Unsigned = ReturnType<typeof compileTransaction>;

export interface SignedTransaction {
  /** Its id: the signature in base58. */
  readonly signature: string;
  /** The whole transaction in base64, as a cluster takes it. */
  readonly wire: string;
}

async function tokenInstructions(remains: Remains, from: string, to: string): Promise<Instruction[]> {
  const [owner, heir] = [address(from), address(to)];
  const authority = createNoopSigner(owner);
  const made: Instruction[] = [];
  for (const token of remains.tokens.slice(0, TOKENS_AT_ONCE)) {
    const [account, mint, program] = [address(token.account), address(token.mint), address(token.program)];
    const amount = BigInt(token.amount);
    if (amount > 0n) {
      const [ata] = await findAssociatedTokenPda({ owner: heir, mint, tokenProgram: program });
      made.push(
        getCreateAssociatedTokenIdempotentInstruction({
          ...{ payer: authority, ata, owner: heir, mint, tokenProgram: program },
        }),
        getTransferCheckedInstruction(
          { source: account, mint, destination: ata, authority, amount, decimals: token.decimals },
          { programAddress: program },
        ),
      );
    }
    // An empty account still holds its rent; it goes to the new wallet as well.
    made.push(
      getCloseAccountInstruction(
        { account, destination: heir, owner: authority },
        { programAddress: program },
      ),
    );
  }
  return made;
}

function solInstruction(remains: Remains, from: string, to: string): Instruction {
  const amount = BigInt(remains.lamports) - FEE;
  if (amount <= 0n)
    throw new CustodyError(
      'message-refused',
      'What is left in the former wallet does not pay for its own transfer. Send it 0.00001 SOL, then sweep again.',
    );
  return getTransferSolInstruction({
    source: createNoopSigner(address(from)),
    destination: address(to),
    amount,
  });
}

/**
 * The next transaction of a sweep, or null when nothing is left: tokens first, because moving them costs SOL; then all of the SOL
 * but the fee, so that exactly nothing remains. Both ends come from the journal.
 */
export async function nextTransfer(remains: Remains, from: string, to: string): Promise<Unsigned | null> {
  const hasTokens = remains.tokens.length > 0;
  if (!hasTokens && remains.lamports === '0') return null;
  try {
    const instructions = hasTokens
      ? await tokenInstructions(remains, from, to)
      : [solInstruction(remains, from, to)];
    const lifetime = {
      blockhash: remains.blockhash as Parameters<
        typeof setTransactionMessageLifetimeUsingBlockhash
      >[0]['blockhash'],
      lastValidBlockHeight: BigInt(remains.lastValidBlockHeight),
    };
    return pipe(
      createTransactionMessage({ version: 'legacy' }),
      (message) => setTransactionMessageFeePayer(address(from), message),
      (message) => setTransactionMessageLifetimeUsingBlockhash(lifetime, message),
      (message) => appendTransactionMessageInstructions(instructions, message),
      (message) => compileTransaction(message),
    );
  } catch (cause) {
    if (cause instanceof CustodyError) throw cause;
    throw new CustodyError(
      'message-refused',
      'The cluster described the former wallet in a way that is not valid.',
      {
        cause,
      },
    );
  }
}

/** Signs exactly the bytes that were decoded for the card. @throws CustodyError when they are another wallet's */
export function signTransfer(unsigned: Unsigned, handle: WalletHandle): SignedTransaction {
  const [payer] = Object.keys(unsigned.signatures);
  if (payer !== handle.address)
    throw new CustodyError(
      'message-refused',
      'This transaction is paid by another wallet than the former one.',
    );
  const signature = new Uint8Array(handle.sign(Uint8Array.from(unsigned.messageBytes)));
  const signed = { ...unsigned, signatures: { [handle.address]: signature } } as Unsigned;
  return { signature: base58.encode(signature), wire: getBase64EncodedWireTransaction(signed) };
}

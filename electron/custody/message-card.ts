import { getCompiledTransactionMessageDecoder } from '@solana/kit';
import { CustodyError } from './custody-error.ts';

const SYSTEM = '11111111111111111111111111111111';
const TOKEN = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
const TOKEN_2022 = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb';
const ASSOCIATED = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL';

/** Numbers of instructions, from the programs' own interfaces. */
const [SYSTEM_TRANSFER, ADVANCE_NONCE] = [2, 4];
const [TRANSFER_CHECKED, CLOSE_ACCOUNT] = [12, 9];
const CREATE_IDEMPOTENT = 1;
const LAMPORTS_PER_SOL = 1_000_000_000n;

export interface MessageFact {
  readonly label: string;
  readonly value: string;
}

/** A Solana message in words, taken from the bytes that will be signed and from nothing else. */
export interface MessageCard {
  readonly feePayer: string;
  readonly facts: readonly MessageFact[];
  /** A durable nonce stands in for the blockhash: whoever holds the signature may use it at any time. */
  readonly neverExpires: boolean;
  /** Instructions that this console cannot read. */
  readonly unknown: number;
}

interface Read {
  readonly program: string;
  readonly accounts: readonly string[];
  readonly data: Buffer;
}

/** Lamports as SOL, exact. */
export const solOf = (lamports: bigint): string =>
  `${lamports / LAMPORTS_PER_SOL}.${String(lamports % LAMPORTS_PER_SOL).padStart(9, '0')} SOL`;

function ofSystem({ accounts, data }: Read): MessageFact | null {
  const kind = data.length >= 4 ? data.readUInt32LE(0) : -1;
  if (kind === ADVANCE_NONCE) return { label: 'Advance the nonce', value: accounts[0] ?? '' };
  if (kind !== SYSTEM_TRANSFER || data.length !== 12) return null;
  const amount = solOf(data.readBigUInt64LE(4));
  return { label: 'Send', value: `${amount} from ${accounts[0]} to ${accounts[1]}` };
}

function ofToken({ accounts, data }: Read): MessageFact | null {
  if (data[0] === CLOSE_ACCOUNT && data.length === 1)
    return { label: 'Close', value: `token account ${accounts[0]}, its rent to ${accounts[1]}` };
  if (data[0] !== TRANSFER_CHECKED || data.length !== 10) return null;
  const amount = data.readBigUInt64LE(1);
  const what = `${amount} units (${data[9]} decimals) of mint ${accounts[1]}`;
  return { label: 'Send tokens', value: `${what} from ${accounts[0]} to ${accounts[2]}` };
}

const ofAssociated = ({ accounts, data }: Read): MessageFact | null =>
  data.length === 1 && data[0] === CREATE_IDEMPOTENT
    ? { label: 'Open', value: `token account ${accounts[1]} of ${accounts[2]} for mint ${accounts[3]}` }
    : null;

function factOf(read: Read): MessageFact | null {
  if (read.program === SYSTEM) return ofSystem(read);
  if (read.program === TOKEN || read.program === TOKEN_2022) return ofToken(read);
  return read.program === ASSOCIATED ? ofAssociated(read) : null;
}

const isNonce = ({ program, data }: Read): boolean =>
  program === SYSTEM && data.length >= 4 && data.readUInt32LE(0) === ADVANCE_NONCE;

/** @throws CustodyError `message-refused` for bytes that are no message, or that name accounts from a look-up table */
export function decodeMessage(bytes: Uint8Array): MessageCard {
  const reads = instructionsOf(bytes);
  const facts = reads.instructions.map(factOf);
  return {
    feePayer: reads.feePayer,
    facts: facts.map(
      (fact, at) =>
        fact ?? { label: 'Unknown instruction', value: `of program ${reads.instructions[at]?.program}` },
    ),
    neverExpires: reads.instructions.slice(0, 1).some(isNonce),
    unknown: facts.filter((fact) => fact === null).length,
  };
}

function instructionsOf(bytes: Uint8Array): { feePayer: string; instructions: Read[] } {
  const refused = (cause?: unknown) =>
    new CustodyError('message-refused', 'This is not a Solana message that this console can read whole.', {
      cause,
    });
  try {
    const message = getCompiledTransactionMessageDecoder().decode(bytes);
    const accounts = 'staticAccounts' in message ? message.staticAccounts : [];
    if (
      !('instructions' in message) ||
      ('addressTableLookups' in message && message.addressTableLookups?.length)
    )
      throw refused();
    const nameOf = (at: number): string => {
      const found = accounts[at];
      if (found === undefined) throw refused();
      return found;
    };
    const instructions = message.instructions.map(({ programAddressIndex, accountIndices, data }) => ({
      program: nameOf(programAddressIndex),
      accounts: (accountIndices ?? []).map(nameOf),
      data: Buffer.from(data ?? []),
    }));
    return { feePayer: nameOf(0), instructions };
  } catch (cause) {
    throw cause instanceof CustodyError ? cause : refused(cause);
  }
}

import { randomBytes } from 'node:crypto';
import { base58 } from '@scure/base';
import {
  AccountRole,
  address,
  appendTransactionMessageInstructions,
  compileTransaction,
  createKeyPairFromPrivateKeyBytes,
  createTransactionMessage,
  getAddressFromPublicKey,
  getBase64Decoder,
  getTransactionDecoder,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingDurableNonce,
} from '@solana/kit';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { CustodyError } from './custody-error.ts';
import { decodeMessage } from './message-card.ts';
import { nextTransfer, type Remains, signTransfer } from './sweep.ts';
import { walletHandle } from './wallet-key.ts';

const former = walletHandle(randomBytes(32));
const heir = walletHandle(randomBytes(32));
const key = () => base58.encode(randomBytes(32));
const TOKEN = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
const remains = (change: Partial<Remains> = {}): Remains => ({
  ...{ blockhash: key(), lastValidBlockHeight: '1000', lamports: '1500000000', tokens: [] },
  ...change,
});
const transferOf = async (given: Remains) => {
  const unsigned = await nextTransfer(given, former.address, heir.address);
  if (!unsigned) throw new TypeError('nothing to transfer');
  return unsigned;
};
const codeOf = (run: () => unknown): Promise<string> =>
  Promise.resolve()
    .then(run)
    .then(
      () => 'accepted',
      (error: unknown) => (error instanceof CustodyError ? error.code : 'another error'),
    );

describe('a sweep', () => {
  it('sends all but the fee from the former wallet to the new one, and the card says so from the bytes', async () => {
    const unsigned = await transferOf(remains());
    expect(decodeMessage(Uint8Array.from(unsigned.messageBytes))).toEqual({
      feePayer: former.address,
      facts: [{ label: 'Send', value: `1.499995000 SOL from ${former.address} to ${heir.address}` }],
      neverExpires: false,
      unknown: 0,
    });
  });

  it('moves tokens first, closes their accounts to the new wallet, and says each', async () => {
    const [account, mint, empty] = [key(), key(), key()];
    const tokens = [
      { account, mint, program: TOKEN, amount: '25', decimals: 2 },
      { account: empty, mint, program: TOKEN, amount: '0', decimals: 2 },
    ];
    const { facts, unknown } = decodeMessage(
      Uint8Array.from((await transferOf(remains({ tokens }))).messageBytes),
    );
    expect(unknown).toBe(0);
    expect(facts.map(({ label }) => label)).toEqual(['Open', 'Send tokens', 'Close', 'Close']);
    expect(facts[1]?.value).toContain(`25 units (2 decimals) of mint ${mint} from ${account}`);
    expect(facts[3]?.value).toBe(`token account ${empty}, its rent to ${heir.address}`);
  });

  it('fits a transaction with as many tokens as it takes at once', async () => {
    const tokens = Array.from({ length: 9 }, () => ({
      ...{ account: key(), mint: key(), program: TOKEN, amount: '1', decimals: 0 },
    }));
    const { wire } = signTransfer(await transferOf(remains({ tokens })), former);
    expect(Buffer.from(wire, 'base64').length).toBeLessThanOrEqual(1232);
  });

  it('is signed so that tweetnacl and @solana/kit accept it', async () => {
    const { signature, wire } = signTransfer(await transferOf(remains()), former);
    const decoded = getTransactionDecoder().decode(Buffer.from(wire, 'base64'));
    const signed = decoded.signatures[address(former.address)];
    expect(base58.encode(new Uint8Array(signed ?? []))).toBe(signature);
    const bytes = Uint8Array.from(decoded.messageBytes);
    expect(nacl.sign.detached.verify(bytes, base58.decode(signature), base58.decode(former.address))).toBe(
      true,
    );
  });

  it('ends when nothing is left, and says when what is left does not pay for its own way', async () => {
    expect(await nextTransfer(remains({ lamports: '0' }), former.address, heir.address)).toBeNull();
    expect(await codeOf(() => transferOf(remains({ lamports: '5000' })))).toBe('message-refused');
  });

  it('is never signed by another wallet than the one that pays', async () => {
    const unsigned = await transferOf(remains());
    expect(await codeOf(() => signTransfer(unsigned, heir))).toBe('message-refused');
  });

  it('is refused when the cluster names accounts that are none', async () => {
    const tokens = [{ account: 'no account', mint: key(), program: TOKEN, amount: '1', decimals: 0 }];
    expect(await codeOf(() => transferOf(remains({ tokens })))).toBe('message-refused');
  });
});

describe('a message that is not a sweep', () => {
  const withNonce = () =>
    pipe(
      createTransactionMessage({ version: 'legacy' }),
      (message) => setTransactionMessageFeePayer(address(former.address), message),
      (message) =>
        setTransactionMessageLifetimeUsingDurableNonce(
          {
            nonce: key() as never,
            nonceAccountAddress: address(key()),
            nonceAuthorityAddress: address(former.address),
          },
          message,
        ),
      (message) =>
        appendTransactionMessageInstructions(
          [
            {
              programAddress: address(key()),
              accounts: [{ address: address(heir.address), role: AccountRole.WRITABLE }],
              data: new Uint8Array([1, 2, 3]),
            },
          ],
          message,
        ),
      (message) => Uint8Array.from(compileTransaction(message).messageBytes),
    );

  it('is flagged as never expiring, and what cannot be read is said as that', () => {
    const card = decodeMessage(withNonce());
    expect([card.neverExpires, card.unknown]).toEqual([true, 1]);
    expect(card.facts.map(({ label }) => label)).toEqual(['Advance the nonce', 'Unknown instruction']);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['noise', Buffer.alloc(64, 0xff)],
    ['a cut message', Buffer.from(getBase64Decoder().decode(withNonce()), 'base64').subarray(0, 40)],
  ])('is refused when it is %s', async (_name, bytes) => {
    expect(await codeOf(() => decodeMessage(bytes))).toBe('message-refused');
  });
});

describe('an address', () => {
  it('is the one that @solana/kit derives from the same seed', async () => {
    for (let n = 0; n < 20; n += 1) {
      const seed = randomBytes(32);
      const pair = await createKeyPairFromPrivateKeyBytes(new Uint8Array(seed));
      expect(await getAddressFromPublicKey(pair.publicKey)).toBe(walletHandle(seed).address);
    }
  });
});

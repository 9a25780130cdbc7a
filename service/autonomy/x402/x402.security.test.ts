import { base58 } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEVNET_GENESIS } from '../../../shared/service/autonomy-settings.ts';
import { AutonomyError } from '../autonomy-error.ts';
import type { OutboundAnswer } from '../outbound.ts';
import { signaturesOf, tokenAmount } from '../solana/wire.ts';
import { claimedTransaction } from './headers.ts';
import { choosePayable, networkOf } from './policy.ts';
import { readOffer } from './requirements.ts';

const name = (n: number) => base58.encode(new Uint8Array(32).fill(n));
const [MINT, MERCHANT, FEES, PAYER] = [name(1), name(2), name(3), name(4)];
const URL_OF_TASK = 'https://data.example/report';

const answerOf = (body: unknown, headers: Record<string, string> = {}): OutboundAnswer => ({
  status: 402,
  header: (one) => headers[one],
  body: Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? '')),
});
const option = {
  ...{ scheme: 'exact', network: 'solana-devnet', asset: MINT, payTo: MERCHANT },
  ...{ maxAmountRequired: '10', resource: URL_OF_TASK, extra: { feePayer: FEES } },
};
const v1 = (...accepts: unknown[]) => answerOf({ x402Version: 1, accepts });
const v2 = (accepts: unknown[]) => {
  const required = { x402Version: 2, resource: { url: URL_OF_TASK }, accepts };
  return answerOf('{}', { 'payment-required': Buffer.from(JSON.stringify(required)).toString('base64') });
};
const task = { url: URL_OF_TASK, asset: MINT, cost: 100n };
const policy = {
  ...{ genesisHash: DEVNET_GENESIS, hosts: [], recipients: [MERCHANT] },
  assets: [{ mint: MINT, decimals: 6, mostPerPayment: '50', mostPerDay: '100' }],
};
const refusalOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof AutonomyError) return error.reason;
    throw error;
  }
  return 'none';
};

describe('an offer', () => {
  it('is read in both versions, and ways that are not Solana’s are left out', () => {
    expect(readOffer(v1({ ...option, asset: '0x036CbD' }, option)).requirements).toHaveLength(1);
    const { maxAmountRequired: amount, ...rest } = option;
    const found = readOffer(v2([{ ...rest, amount, network: networkOf(DEVNET_GENESIS) }]));
    expect(choosePayable(found, task, policy, PAYER).requirement).toMatchObject({ version: 2, amount: 10n });
  });

  it('is chosen by its price, and never where policy allows nothing', () => {
    const offer = readOffer(v1({ ...option, maxAmountRequired: '20' }, option));
    expect(choosePayable(offer, task, policy, PAYER).requirement.amount).toBe(10n);
    for (const none of [{ recipients: [] }, { assets: [] }])
      expect(refusalOf(() => choosePayable(offer, task, { ...policy, ...none }, PAYER))).not.toBe('none');
  });

  it.each([
    [{ maxAmountRequired: '51' }, 'amount-above-cap'],
    [{ maxAmountRequired: '101' }, 'amount-above-cost'],
    [{ network: 'solana' }, 'network'],
    [{ resource: 'https://data.example/other' }, 'resource'],
    [{ resource: 'https://data.example.evil/report' }, 'resource'],
    [{ payTo: PAYER }, 'recipient'],
    [{ extra: { feePayer: PAYER } }, 'fee-payer'],
  ])('with %j is refused: %s', (change, reason) => {
    const offer = readOffer(v1({ ...option, ...change }));
    expect(refusalOf(() => choosePayable(offer, task, policy, PAYER))).toBe(reason);
  });

  it('of anything at all is read or refused, and never allows what policy does not', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ x402Version: fc.constant(1), accepts: fc.array(fc.object()) })
        .map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(anything, fc.option(fc.string(), { nil: undefined }), (body, header) => {
        const answer = answerOf(body, header === undefined ? {} : { 'payment-required': header });
        expect(refusalOf(() => choosePayable(readOffer(answer), task, policy, PAYER))).not.toBe('none');
      }),
    );
  });
});

describe('a settlement', () => {
  it('of anything at all is a transaction, nothing, or refused', () => {
    const [requirement] = readOffer(v1(option)).requirements;
    if (!requirement) throw new Error('no requirement');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => Buffer.from(text).toString('base64')),
        ),
        (header) => {
          const answer = answerOf('', { 'x-payment-response': header });
          expect(['none', 'settlement-malformed']).toContain(
            refusalOf(() => claimedTransaction(answer, requirement, PAYER)),
          );
        },
      ),
    );
  });
});

describe('bytes of a node', () => {
  it('of any kind are a transaction’s signatures or none, an account’s amount or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const signature of signaturesOf(bytes)) expect(base58.decode(signature)).toHaveLength(64);
        expect(tokenAmount(bytes, PAYER, MINT)).toBeNull();
      }),
    );
  });

  it('of another owner’s account are no balance', () => {
    const account = Buffer.alloc(165);
    Buffer.from(base58.decode(MINT)).copy(account, 0);
    Buffer.from(base58.decode(PAYER)).copy(account, 32);
    account.writeBigUInt64LE(2n ** 64n - 1n, 64);
    expect(tokenAmount(account, PAYER, MINT)).toBe(2n ** 64n - 1n);
    expect(tokenAmount(account, MERCHANT, MINT)).toBeNull();
  });
});

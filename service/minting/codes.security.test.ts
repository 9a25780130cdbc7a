import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenCode, TOKEN_CODE_RANDOM_BYTES } from '../../shared/ids/token-code.ts';
import { codeHasher, envelopeKey, hashCode, openCode, sealCode } from './codes.ts';
import { CODE_HASH_BYTES, ENVELOPE_BYTES, makeTokens } from './tokens/make.ts';

const keys = { hash: randomBytes(32), seed: randomBytes(32) };
const code = createTokenCode(randomBytes(TOKEN_CODE_RANDOM_BYTES));
const key = envelopeKey(keys, 'mjb_a');
const envelope = sealCode(key, 'mtk_a', code, randomBytes(12));
const unreadable = expect.objectContaining({ code: 'code-unreadable' });

describe('the envelope of a code', () => {
  it('opens for its own token of its own job', () => {
    expect(openCode(key, 'mtk_a', envelope)).toBe(code);
    expect(envelope.includes(Buffer.from(code))).toBe(false);
  });

  it('opens nowhere else, under no other key, and with no bit flipped', () => {
    expect(() => openCode(key, 'mtk_b', envelope)).toThrow(unreadable);
    expect(() => openCode(envelopeKey(keys, 'mjb_b'), 'mtk_a', envelope)).toThrow(unreadable);
    expect(() => openCode(envelopeKey({ seed: randomBytes(32) }, 'mjb_a'), 'mtk_a', envelope)).toThrow(
      unreadable,
    );
    for (let bit = 0; bit < envelope.length * 8; bit += 1) {
      const flipped = Buffer.from(envelope);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openCode(key, 'mtk_a', flipped), `bit ${bit}`).toThrow(unreadable);
    }
    for (const length of [0, 1, 12, 13, 28, 29]) {
      expect(() => openCode(key, 'mtk_a', envelope.subarray(0, length))).toThrow(unreadable);
    }
  });
});

describe('a look-up hash', () => {
  it('is worth nothing without its key', () => {
    expect(hashCode(keys, code).equals(hashCode({ hash: randomBytes(32) }, code))).toBe(false);
  });

  it('is HMAC-SHA-256, one code after the other too, whatever their lengths', () => {
    const codes = fc.array(fc.stringMatching(/^[0-9A-Z]{0,32}$/), { maxLength: 20 });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), codes, (key, several) => {
        const hasher = codeHasher({ hash: key });
        for (const one of several)
          expect(hasher.hash(one).equals(createHmac('sha256', key).update(one).digest())).toBe(true);
      }),
    );
    expect(() => codeHasher({ hash: randomBytes(65) })).toThrow(RangeError);
  });

  it('of a code that is longer than any of ours is refused and not cut', () => {
    expect(() => codeHasher(keys).hash('X'.repeat(33))).toThrow(RangeError);
  });
});

describe('made tokens', () => {
  it('never share id, code, nonce or envelope, and hold no code in the clear', () => {
    const places = Array.from({ length: 1000 }, (_, i) => ({ position: i + 1, serial: `S${i}` }));
    const order = { jobId: 'mjb_a', brandId: 'brd_a', activation: 'none', places } as const;
    const made = makeTokens({ keys, random: (bytes) => randomBytes(bytes) }, order, new Date());
    const distinct = (values: readonly (string | Buffer)[]) =>
      new Set(values.map((one) => one.toString('hex'))).size;
    const each = (all: Buffer, bytes: number) =>
      Array.from({ length: 1000 }, (_, i) => all.subarray(bytes * i, bytes * (i + 1)));
    const [codeHashes, envelopes] = [
      each(made.codeHashes, CODE_HASH_BYTES),
      each(made.envelopes, ENVELOPE_BYTES),
    ];
    const nonces = envelopes.map((one) => one.subarray(1, 13));
    for (const values of [made.ids, codeHashes, envelopes, nonces]) expect(distinct(values)).toBe(1000);
    const opened = openCode(key, made.ids[3] ?? '', envelopes[3] ?? Buffer.alloc(0));
    expect(hashCode(keys, opened).equals(codeHashes[3] ?? Buffer.alloc(0))).toBe(true);
    expect(JSON.stringify(made)).not.toContain(opened);
  });
});

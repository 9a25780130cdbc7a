import { describe, expect, it } from 'vitest';
import type { SigningRequest } from '../keeper/protocol.ts';
import { KeeperError } from './keeper-link.ts';
import { signer } from './signing.ts';

const request: SigningRequest = {
  route: 'keys.create',
  method: 'POST',
  targetUri: 'http://admin.sallyport.internal/api/keys',
  contentType: 'application/json',
  body: new Uint8Array(),
  idempotencyKey: 'idem-0001',
};

describe('signer', () => {
  it('hands on what the open keeper signs', async () => {
    const sign = signer(() => ({ sign: async ({ idempotencyKey }) => ({ signature: idempotencyKey }) }));
    expect(await sign(request)).toEqual({ signature: 'idem-0001' });
  });

  it.each([
    ['declined', 'declined', false],
    ['gone', 'locked', true],
    ['locked', 'locked', true],
    ['rate-capped', 'busy', true],
    ['invalid-request', 'internal', false],
  ] as const)('turns %s into %s', async (reason, code, retryable) => {
    const sign = signer(() => ({ sign: () => Promise.reject(new KeeperError(reason, 'Because.')) }));
    await expect(sign(request)).rejects.toMatchObject({
      name: 'Refusal',
      code,
      message: 'Because.',
      retryable,
    });
  });

  it('says locked when no keeper is open', async () => {
    await expect(signer(() => null)(request)).rejects.toMatchObject({ code: 'locked' });
  });
});

import { describe, expect, it } from 'vitest';
import { secureHeaders } from './secure-headers.ts';

describe('the headers of every answer', () => {
  it('let nothing be loaded, framed, sniffed or referred to', async () => {
    const headers = await secureHeaders({ strictTransport: true, sharedWithOrigins: false });
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
  });

  it('promise no TLS where there is none, and let allowed origins read', async () => {
    const headers = await secureHeaders({ strictTransport: false, sharedWithOrigins: true });
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
  });
});

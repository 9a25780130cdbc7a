import { describe, expect, it } from 'vitest';
import { clientAddress, LOCAL_CLIENT, normaliseAddress, trustedProxies } from './client-address.ts';

const none = trustedProxies([]);
const proxies = trustedProxies(['10.0.0.0/8', '2001:db8::1']);

describe('a client that forges X-Forwarded-For', () => {
  it('is known by its socket when no proxy is trusted', () => {
    expect(clientAddress('203.0.113.9', '1.1.1.1', none)).toBe('203.0.113.9');
  });
  it('is known by its socket when it is not a trusted proxy itself', () => {
    expect(clientAddress('203.0.113.9', '1.1.1.1, 10.0.0.1', proxies)).toBe('203.0.113.9');
  });
  it('is known by what the trusted proxy appended, not by the first entry', () => {
    expect(clientAddress('10.0.0.1', '1.1.1.1, 203.0.113.9', proxies)).toBe('203.0.113.9');
    expect(clientAddress('10.0.0.1', '1.1.1.1, 203.0.113.9, 10.2.2.2', proxies)).toBe('203.0.113.9');
  });
  it.each(['unknown', '203.0.113.9:80', 'fe80::1%eth0', '', ' ', '127.1', '0x7f.1'])(
    'stays with the proxy when the entry is %j',
    (entry) => {
      expect(clientAddress('10.0.0.1', `1.1.1.1,${entry}`, proxies)).toBe('10.0.0.1');
    },
  );
  it('cannot reach the address list through a Unix socket', () => {
    expect(clientAddress(undefined, '1.1.1.1', proxies)).toBe(LOCAL_CLIENT);
  });
});

describe('one address in two spellings', () => {
  it.each([
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::FFFF:0102:0304', '1.2.3.4'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['1.2.3.4', '1.2.3.4'],
  ])('%s is %s', (spelling, canonical) => {
    expect(normaliseAddress(spelling)).toBe(canonical);
  });
  it('trusts a proxy that arrives as mapped IPv6', () => {
    expect(clientAddress('::ffff:10.0.0.1', '::ffff:203.0.113.9', proxies)).toBe('203.0.113.9');
  });
});

describe('TRUSTED_PROXIES with a typing error', () => {
  it.each(['10.0.0.0/x', 'proxy.internal', '', '10.0.0.0/99'])('refuses %j', (entry) => {
    expect(() => trustedProxies([entry])).toThrow(RangeError);
  });
});

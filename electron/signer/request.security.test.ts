import { describe, expect, it } from 'vitest';
import { prepare } from './request.ts';
import type { SigningRequest } from './signing-request.ts';

const ORIGIN = 'http://admin.sallyport.internal';
const KEY_ID = 'key_01hzzzzzzzzzzzzzzzzzzzzzzz';

const create: SigningRequest = {
  route: 'keys.create',
  method: 'POST',
  targetUri: `${ORIGIN}/api/keys`,
  contentType: 'application/json',
  body: Buffer.from('{"label":"a","requestsPerMinute":60}'),
  idempotencyKey: 'idem-0001',
};
const revoke: SigningRequest = {
  ...create,
  route: 'keys.revoke',
  targetUri: `${ORIGIN}/api/keys/${KEY_ID}/revoke`,
  body: Buffer.from('{"displayPrefix":"th_AAAAAAAA","reason":"leaked"}'),
};
const refused = expect.objectContaining({ code: 'invalid-request' });
const body = (text: string) => ({ ...create, body: Buffer.from(text, 'utf8') });

describe('attack: a card of one thing over a signature of another', () => {
  it('prepares what is honest', () => {
    expect(prepare(create).risk).toBe('sensitive');
    expect(prepare(revoke).card?.target).toBe(revoke.targetUri);
  });

  it.each([
    ['another route’s path', { ...revoke, route: 'keys.create' as const }],
    [
      'a path that only begins like the route',
      { ...create, targetUri: `${ORIGIN}/api/keys/${KEY_ID}/revoke` },
    ],
    ['a path with a trailing slash', { ...create, targetUri: `${ORIGIN}/api/keys/` }],
    ['a path that walks', { ...create, targetUri: `${ORIGIN}/api/x/../keys` }],
    [
      'an encoded separator in a parameter',
      { ...revoke, targetUri: `${ORIGIN}/api/keys/${KEY_ID}%2Frevoke/revoke` },
    ],
    ['a broken escape in a parameter', { ...revoke, targetUri: `${ORIGIN}/api/keys/%zz/revoke` }],
    ['a parameter that is no id', { ...revoke, targetUri: `${ORIGIN}/api/keys/all/revoke` }],
    ['a query that the route does not take', { ...create, targetUri: `${ORIGIN}/api/keys?force=1` }],
    ['a fragment', { ...create, targetUri: `${ORIGIN}/api/keys#x` }],
    ['a user name', { ...create, targetUri: 'http://root@admin.sallyport.internal/api/keys' }],
    ['an upper-case host', { ...create, targetUri: 'http://ADMIN.sallyport.internal/api/keys' }],
    ['a default port written out', { ...create, targetUri: 'http://admin.sallyport.internal:80/api/keys' }],
    ['another scheme', { ...create, targetUri: 'file:///api/keys' }],
    ['no URL', { ...create, targetUri: '/api/keys' }],
    ['another method', { ...create, method: 'DELETE' }],
    ['another media type', { ...create, contentType: 'text/plain' }],
    ['a header break in the idempotency key', { ...create, idempotencyKey: 'idem-0001\r\nx: y' }],
    ['a route that takes no signature', { ...create, route: 'keys.list' as const, method: 'GET' }],
    ['a route that does not exist', { ...create, route: '__proto__' as never }],
  ])('refuses %s', (_, request) => {
    expect(() => prepare(request)).toThrowError(refused);
  });
});

describe('attack: a body that two parsers read differently', () => {
  it.each([
    ['a member that appears twice', body('{"label":"shown","label":"sent","requestsPerMinute":60}')],
    ['white space that hides', body('{"label":"a", "requestsPerMinute":60}')],
    ['an escape that hides', body('{"la\\u0062el":"a","requestsPerMinute":60}')],
    ['a number in another spelling', body('{"label":"a","requestsPerMinute":6e1}')],
    ['a byte order mark', body('\uFEFF{"label":"a","requestsPerMinute":60}')],
    ['bytes that are not UTF-8', { ...create, body: Buffer.from([0x7b, 0xff, 0x7d]) }],
    ['a member that the route does not know', body('{"label":"a","requestsPerMinute":60,"admin":true}')],
    ['a value out of range', body('{"label":"a","requestsPerMinute":0}')],
    ['no JSON', body('label=a')],
    ['nothing', body('')],
    ['more than anyone reads', body(JSON.stringify({ label: 'a'.repeat(300_000) }))],
  ])('refuses %s', (_, request) => {
    expect(() => prepare(request)).toThrowError(refused);
  });
});

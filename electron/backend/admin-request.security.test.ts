import { describe, expect, it } from 'vitest';
import type { RouteId } from '../../shared/http/table.ts';
import { Refusal } from '../ipc/refusal.ts';
import { buildRequest, type CallRequest } from './admin-request.ts';

const ORIGIN = 'http://admin.sallyport.internal';
const KEY = 'key_0123456789abcdefghjkmnpqrs';
const code = (request: CallRequest) => {
  try {
    buildRequest(request, ORIGIN);
    return 'built';
  } catch (error) {
    return error instanceof Refusal ? error.code : 'another error';
  }
};

describe('a request of the renderer', () => {
  it('becomes exactly the target and the bytes that are signed', () => {
    const built = buildRequest(
      { route: 'keys.revoke', params: { id: KEY }, body: { reason: 'leaked' } },
      ORIGIN,
    );
    expect(built).toMatchObject({
      method: 'POST',
      signed: true,
      targetUri: `${ORIGIN}/api/keys/${KEY}/revoke`,
    });
    expect(new TextDecoder().decode(built.body ?? undefined)).toBe('{"reason":"leaked"}');
  });

  it('carries its query encoded', () => {
    const built = buildRequest({ route: 'ledger.list', query: { text: 'a&limit=9#x', limit: 7 } }, ORIGIN);
    const target = new URL(built.targetUri);
    expect(target.pathname).toBe('/api/logs/ledger');
    expect([target.searchParams.get('text'), target.searchParams.get('limit')]).toEqual(['a&limit=9#x', '7']);
    expect(target.hash).toBe('');
  });

  it.each(['../../operators', '..', '.', '', 'a/b', '%2e%2e', 'key_x?y=1', `${KEY}/../..`])(
    'cannot walk to another route by its parameter: %s',
    (id) =>
      expect(code({ route: 'keys.revoke', params: { id }, body: { reason: 'x' } })).toBe('invalid-payload'),
  );

  it.each(['keys.steal', 'toString', '__proto__', 'constructor', ''])(
    'cannot name a route that is none: %j',
    (route) => expect(code({ route: route as RouteId })).toBe('invalid-payload'),
  );

  it('cannot bring parts that the route does not declare', () => {
    expect(code({ route: 'keys.list', body: { a: 1 } })).toBe('invalid-payload');
    expect(code({ route: 'keys.list', params: { id: KEY } })).toBe('invalid-payload');
    expect(code({ route: 'boundaries.state', query: { a: 1 } })).toBe('invalid-payload');
    expect(code({ route: 'keys.create', body: { label: 'x', admin: true } })).toBe('invalid-payload');
    expect(code({ route: 'keys.create' })).toBe('invalid-payload');
    expect(code({ route: 'boundaries.state' })).toBe('built');
  });

  const foreign: readonly RouteId[] = [
    'events.stream',
    'tokenhall.key',
    'auth.login',
    'auth.me',
    'agents.self',
  ];
  it.each(foreign)('cannot call %s', (route) => expect(code({ route })).toBe('not-available'));
});

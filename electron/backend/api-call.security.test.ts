import { describe, expect, it, vi } from 'vitest';
import { ROUTE_IDS, routeOf } from '../../shared/http/table.ts';
import { apiCall, cutOut } from './api-call.ts';

describe('an answer with a secret', () => {
  it('reaches the page without it and the trusted window with it', async () => {
    const reveal = vi.fn();
    const client = { call: async () => ({ status: 201, body: { key: { id: 'k' }, secret: 'th_secret' } }) };
    const answer = await apiCall({ client, reveal })({ route: 'keys.create', body: {} });
    expect(answer).toEqual({ status: 201, body: { key: { id: 'k' } }, revealed: true });
    expect(JSON.stringify(answer)).not.toContain('th_secret');
    expect(reveal.mock.calls[0]?.[0]).toMatchObject({ values: [{ label: 'secret', value: 'th_secret' }] });
  });

  it('is cut for every route that reveals something', () => {
    for (const route of ROUTE_IDS)
      for (const name of routeOf(route).reveals ?? [])
        expect(cutOut(route, { [name]: 'x', other: 1 })).toEqual({
          open: { other: 1 },
          values: [{ label: name, value: 'x' }],
        });
  });
});

describe('an answer without one', () => {
  it('opens no window', async () => {
    const reveal = vi.fn();
    const client = { call: async () => ({ status: 200, body: { keys: [] } }) };
    const answer = await apiCall({ client, reveal })({ route: 'keys.list' });
    expect(answer).toEqual({ status: 200, body: { keys: [] }, revealed: false });
    expect(reveal).not.toHaveBeenCalled();
  });
});

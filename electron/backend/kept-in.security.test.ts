import { describe, expect, it, vi } from 'vitest';
import { ROUTE_IDS, type RouteId } from '../../shared/http/table.ts';
import { keepCallsIn, keepFetchIn } from './kept-in.ts';

const ALONE = () => 'This is a practice console.';
const FREE = () => null;
const refused = { code: 'not-available', message: 'This is a practice console.' };

/** Every route by which a service is brought to send something to another machine, found in its own words. */
const TELLS_OUTSIDE = ROUTE_IDS.filter((id) => /^webhook\.(?!state|remove)/.test(id));

describe('a console that tells nobody outside', () => {
  it('sends no call by which its service would, and every other', async () => {
    const call = vi.fn(async ({ route }: { route: RouteId }) => route);
    const kept = keepCallsIn(ALONE, call);
    expect(TELLS_OUTSIDE.length).toBeGreaterThan(2);
    for (const route of TELLS_OUTSIDE) await expect(kept({ route })).rejects.toMatchObject(refused);
    expect(call).not.toHaveBeenCalled();
    for (const route of ['webhook.state', 'webhook.remove', 'keys.create'] as const)
      expect(await kept({ route })).toBe(route);
  });

  it('fetches nothing from another host', async () => {
    const open = vi.fn(async () => new Response('{}'));
    const url = new URL('https://api.devnet.example/');
    await expect(keepFetchIn(ALONE, open)(url, {})).rejects.toMatchObject(refused);
    expect(open).not.toHaveBeenCalled();
    await keepFetchIn(FREE, open)(url, {});
    expect(open).toHaveBeenCalledOnce();
  });

  it('is the exception: a real one sends them all', async () => {
    const kept = keepCallsIn(FREE, async ({ route }: { route: RouteId }) => route);
    for (const route of TELLS_OUTSIDE) expect(await kept({ route })).toBe(route);
  });
});

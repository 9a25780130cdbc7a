import { describe, expect, it, vi } from 'vitest';
import { fakeDoor } from '../../tests/fixtures/screen/door.ts';
import { fakeWindow, portPair } from '../../tests/fixtures/screen/port.ts';
import { idOf, keyOf } from '../../tests/fixtures/screen/samples.ts';
import { createBridge } from './bridge.ts';
import { openStream } from './stream.ts';

describe('a secret that slips into an answer', () => {
  it('does not pass the bridge: what a route reveals is no part of what the screen gets', async () => {
    const fake = fakeDoor({
      routes: {
        'keys.create': () => ({ key: keyOf(1), eventId: idOf('evt', 1), secret: 'th_leaked_secret' }),
        'keys.list': () => ({ keys: [{ ...keyOf(1), secret: 'th_leaked_secret' }], nextCursor: null }),
      },
    });
    const bridge = createBridge(fake.door);
    const created = await bridge.call('keys.create', { body: { label: 'a' } });
    const listed = await bridge.call('keys.list', { query: {} });
    expect(JSON.stringify([created, listed])).not.toContain('th_leaked_secret');
  });
});

describe('a window message from somebody else', () => {
  const opened = () => {
    const page = fakeWindow();
    const apply = vi.fn();
    const stop = openStream({
      bridge: { ask: vi.fn(async () => null) as never },
      window: page.window,
      after: () => null,
      apply,
      onTrouble: () => {},
    });
    return { page, apply, stop };
  };

  it.each([
    ['another window', { source: {} }],
    ['another type', { data: { type: 'sallyport:other' } }],
    ['no data', { data: null }],
    ['no port', { ports: [] }],
    ['two ports', { ports: ['twice'] }],
  ])('with %s hands over no port', (_, change) => {
    const { page, apply, stop } = opened();
    const { near, far } = portPair();
    page.deliver(near, 'ports' in change && change.ports?.length ? { ports: [near, near] } : change);
    far.say({ type: 'batch', seq: 1, items: [] });
    page.drawFrame();
    expect(apply).not.toHaveBeenCalled();
    expect(far.heard).toEqual([]);
    stop();
  });
});

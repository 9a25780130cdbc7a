import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../tests/fixtures/screen/render.tsx';
import { linkIn, linkOf } from './ledger-link.ts';
import { createUiStore, NO_FILTER } from './ui.ts';

const FILTER = {
  ...NO_FILTER,
  category: 'key' as const,
  actor: 'Ada & Söhne #1',
  text: 'a=b?c',
  from: '2026-01-02T03:04:05.000Z',
};
const KEY = 'tokenmart_0123456789abcdef0123';

describe('a link to the ledger', () => {
  it('brings back filter and entry', () => {
    expect(linkIn(` ${linkOf({ filter: FILTER, entry: 42 })}\n`)).toEqual({ filter: FILTER, entry: 42 });
    expect(linkIn(linkOf({ filter: NO_FILTER, entry: null }))).toEqual({ filter: NO_FILTER, entry: null });
  });

  it.each([
    '',
    'ledger',
    'https://ledger?entry=1',
    'sallyport://ledgers',
    'sallyport://keys?id=1',
    'sallyport:ledger',
  ])('is none: %s', (text) => expect(linkIn(text)).toBeNull());

  it('takes only what a filter can be', () => {
    const hostile = `sallyport://ledger?category=__proto__&from=soon&page=vault&entry=-1&actor=${'x'.repeat(101)}`;
    expect(linkIn(hostile)).toEqual({ filter: NO_FILTER, entry: null });
    expect(linkIn('sallyport://ledger?entry=1e9')?.entry).toBeNull();
    expect(linkIn(`sallyport://ledger?text=${'x'.repeat(3000)}`)).toBeNull();
  });

  it('never carries what looks like a key', () => {
    expect(linkOf({ filter: { ...NO_FILTER, text: `who used ${KEY}` }, entry: 1 })).toBe(
      'sallyport://ledger?entry=1',
    );
  });
});

describe('saved views', () => {
  it('survive a restart, by name, and can be removed', () => {
    const storage = memoryStorage();
    const first = createUiStore(storage);
    expect(first.saveView({ name: 'b', filter: FILTER })).toBeNull();
    expect(first.saveView({ name: 'a', filter: NO_FILTER })).toBeNull();
    expect(first.saveView({ name: 'b', filter: { ...FILTER, text: 'other' } })).toBeNull();
    const second = createUiStore(storage);
    expect(second.getState().savedViews.map(({ name, filter }) => [name, filter.text])).toEqual([
      ['a', ''],
      ['b', 'other'],
    ]);
    second.removeView('b');
    expect(createUiStore(storage).getState().savedViews).toHaveLength(1);
  });

  it('are refused without a name, with what looks like a key, and when there are too many', () => {
    const ui = createUiStore(memoryStorage());
    expect(ui.saveView({ name: '', filter: NO_FILTER })).toContain('name');
    expect(ui.saveView({ name: 'k', filter: { ...NO_FILTER, text: KEY } })).toContain('key');
    for (let i = 0; i < 30; i += 1) expect(ui.saveView({ name: `v${i}`, filter: NO_FILTER })).toBeNull();
    expect(ui.saveView({ name: 'one more', filter: NO_FILTER })).toContain('Remove one');
    expect(ui.getState().savedViews).toHaveLength(30);
  });

  it.each(['{', 'null', '[null,1,{"name":5}]', '{"name":"x"}'])(
    'that cannot be read are none: %s',
    (text) => {
      const storage = memoryStorage();
      storage.setItem('sallyport.ledger-views', text);
      expect(createUiStore(storage).getState().savedViews).toEqual([]);
    },
  );

  it('take from storage only what a filter can be', () => {
    const storage = memoryStorage();
    const stored = [{ name: 'x', filter: { category: 'nope', text: 5, kind: 'key.created' } }];
    storage.setItem('sallyport.ledger-views', JSON.stringify(stored));
    expect(createUiStore(storage).getState().savedViews).toEqual([
      { name: 'x', filter: { ...NO_FILTER, kind: 'key.created' } },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { LINKED_SCREENS, type Place } from '../../shared/ipc/place.ts';
import { memoryStorage } from '../../tests/fixtures/screen/render.tsx';
import { AT, entryOf, headOf, RUNNING, UNLOCKED } from '../../tests/fixtures/screen/samples.ts';
import { applyPushed } from './apply.ts';
import { MAX_NOTICES } from './notices.ts';
import { createStores } from './stores.tsx';
import { PAGES, type UiStore } from './ui.ts';

describe('what the stream pushes', () => {
  it('lands in its store, entries as one change for each run of them', () => {
    const stores = createStores(null);
    const revisions: number[] = [];
    stores.live.subscribe((s) => revisions.push(s.revision));
    applyPushed(
      stores,
      [
        { type: 'service', status: RUNNING },
        { type: 'vault', status: UNLOCKED },
        { type: 'bootstrap', head: headOf(3), next: 3 },
        { type: 'stream', state: 'live', retryInMs: null },
        { type: 'entry', entry: entryOf(3) },
        { type: 'entry', entry: entryOf(4) },
        { type: 'skipped', from: 5, to: 9 },
        { type: 'entry', entry: entryOf(10) },
        { type: 'notice', level: 'warning', text: 'A weak setting.', at: AT },
      ],
      1000,
    );
    expect(stores.service.getState().status).toEqual(RUNNING);
    expect(stores.vault.getState().status).toEqual(UNLOCKED);
    expect(stores.live.getState().stream).toEqual({ state: 'live', retryAt: null });
    expect(stores.live.getState().entries.map((e) => e.number)).toEqual([3, 4, 10]);
    expect(stores.live.getState().gaps).toEqual([{ from: 5, to: 9 }]);
    expect(stores.notices.getState().notices.map((n) => n.text)).toEqual(['A weak setting.']);
    expect(new Set(revisions).size).toBe(3);
  });

  it('says when a waiting stream tries again', () => {
    const stores = createStores(null);
    applyPushed(stores, [{ type: 'stream', state: 'waiting', retryInMs: 4000 }], 1000);
    expect(stores.live.getState().stream).toEqual({ state: 'waiting', retryAt: 5000 });
  });
});

describe('a status', () => {
  it('remembers since when the state is what it is', () => {
    const { service } = createStores(null);
    service.set(RUNNING, 1000);
    service.set({ ...RUNNING, api: null }, 2000);
    expect(service.getState().since).toBe(1000);
    service.set({ ...RUNNING, state: 'down' }, 3000);
    expect(service.getState().since).toBe(3000);
  });
});

describe('notices', () => {
  it('keeps the last few, and one of each sentence', () => {
    const { notices } = createStores(null);
    for (let i = 0; i < 10; i += 1) notices.add('info', `news ${i % 6}`, i);
    const texts = notices.getState().notices.map((n) => n.text);
    expect(texts).toHaveLength(MAX_NOTICES);
    expect(new Set(texts).size).toBe(MAX_NOTICES);
    expect(texts.at(-1)).toBe('news 3');
  });

  it('goes when it is dismissed, and only that one', () => {
    const { notices } = createStores(null);
    notices.add('error', 'first', 1);
    notices.add('error', 'second', 2);
    const [first] = notices.getState().notices;
    notices.dismiss(first?.id ?? -1);
    expect(notices.getState().notices.map((n) => n.text)).toEqual(['second']);
  });
});

describe('preferences', () => {
  it('survive a restart', () => {
    const storage = memoryStorage();
    createStores(storage).ui.prefer({ theme: 'light', density: 'comfortable' });
    expect(createStores(storage).ui.getState()).toMatchObject({ theme: 'light', density: 'comfortable' });
  });

  it.each(['not json', '{"theme":"pink","density":7}', 'null', '[]'])('that are %s are none', (stored) => {
    const storage = memoryStorage();
    storage.setItem('sallyport.preferences', stored);
    expect(createStores(storage).ui.getState()).toMatchObject({ theme: 'system', density: 'compact' });
  });

  it('that cannot be stored still hold for this window', () => {
    const ui = createStores({
      getItem: () => {
        throw new Error('forbidden');
      },
      setItem: () => {
        throw new Error('full');
      },
    }).ui;
    ui.prefer({ theme: 'dark' });
    expect(ui.getState().theme).toBe('dark');
  });
});

describe('being sent somewhere', () => {
  it('carries an intent that is taken once', () => {
    const { ui } = createStores(null);
    ui.go('keys', 'create-key');
    expect(ui.getState()).toMatchObject({ page: 'keys', intent: 'create-key' });
    ui.takeIntent();
    expect(ui.getState().intent).toBeNull();
  });

  it('to the ledger starts from a clean filter', () => {
    const { ui } = createStores(null);
    ui.filterLedger({ text: 'old' });
    ui.showLedger({ category: 'auth' });
    expect(ui.getState().ledgerFilter).toMatchObject({ category: 'auth', text: '' });
  });
});

describe('a link that was followed', () => {
  const placeAt = (place: Place, ui: UiStore) => ui.followPlace(place);

  it('shows a place and asks for nothing', () => {
    const { ui } = createStores(null);
    ui.go('keys', 'create-key');
    ui.setPalette(true);
    placeAt({ screen: 'docs', doc: 'roles', incident: null }, ui);
    expect(ui.getState()).toMatchObject({
      page: 'docs',
      doc: 'roles',
      intent: null,
      paletteOpen: false,
      freezing: null,
    });
    const incident = `inc_${'0'.repeat(26)}`;
    placeAt({ screen: 'incidents', doc: null, incident }, ui);
    expect(ui.getState()).toMatchObject({
      page: 'incidents',
      doc: 'roles',
      incidents: { tab: 'incidents', incident },
    });
  });

  it('can lead to every screen, and to no other', () => {
    expect([...LINKED_SCREENS]).toEqual([...PAGES]);
  });
});

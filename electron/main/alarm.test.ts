import { describe, expect, it, vi } from 'vitest';
import { placeOfLink } from '../../shared/ipc/place.ts';
import type { Pushed } from '../../shared/ipc/stream.ts';

vi.mock('electron', () => ({ Notification: { isSupported: () => false } }));
const { createAlarm } = await import('./alarm.ts');

const incident = (n: number): string => `inc_${String(n).padStart(26, '0')}`;

const raised = (n: number, change: Record<string, unknown> = {}, kind = 'alert.raised'): Pushed => ({
  type: 'entry',
  entry: {
    ...{ id: `evt_${'0'.repeat(26)}`, number: n, state: 'integrated', category: 'incident' },
    ...{ at: '2026-01-01T00:00:00.000Z', actor: { type: 'system', id: '-', name: null } },
    ...{ agent: null, requestId: null, leafHash: null },
    kind: kind as 'alert.raised',
    data: { incidentId: incident(n), rule: 'refresh-reuse', severity: 2, subject: 'acc_secret', ...change },
  },
});

function alarm(isPractice = false) {
  const shown: { title: string; body: string; onClick: () => void }[] = [];
  const followed: string[] = [];
  let now = 0;
  const hear = createAlarm({
    isPractice,
    show: (notification) => shown.push(notification),
    follow: (link) => followed.push(link),
    now: () => now,
  });
  return { hear, shown, followed, wait: (ms: number) => (now += ms) };
}

describe('the alarm', () => {
  it('tells of a grave alert without saying whom it is about, and a click leads to its incident', () => {
    const t = alarm();
    t.hear(raised(1));
    expect(t.shown.map(({ title, body }) => [title, body])).toEqual([
      ['Sallyport: alert of severity 2', 'refresh reuse. Click to open the incident.'],
    ]);
    t.shown[0]?.onClick();
    expect(placeOfLink(t.followed[0] ?? '')).toEqual({
      screen: 'incidents',
      doc: null,
      incident: incident(1),
    });
  });

  it('leaves what is less grave, what is something else, and what is malformed', () => {
    const t = alarm();
    t.hear(raised(1, { severity: 3 }));
    t.hear(raised(2, { severity: 'grave' }));
    t.hear(raised(3, { incidentId: 7 }));
    t.hear(raised(4, {}, 'alert.quieted'));
    t.hear({ type: 'skipped', from: 1, to: 2 });
    expect(t.shown).toEqual([]);
  });

  it('rings once a minute for an incident, and is not drowned by many', () => {
    const t = alarm();
    t.hear(raised(1));
    t.hear(raised(1, { again: true }));
    for (let n = 2; n < 50; n += 1) t.hear(raised(n));
    expect(t.shown).toHaveLength(5);
    t.wait(60_000);
    t.hear(raised(1));
    expect(t.shown).toHaveLength(6);
  });

  it('rings for the gravest among however many lesser ones, and for one that has become graver, once', () => {
    const t = alarm();
    for (let n = 1; n < 50; n += 1) t.hear(raised(n));
    expect(t.shown).toHaveLength(5);
    for (const n of [60, 1, 60, 1]) t.hear(raised(n, { severity: 1 }));
    expect(t.shown.slice(5).map(({ title }) => title)).toEqual([
      'Sallyport: alert of severity 1',
      'Sallyport: alert of severity 1',
    ]);
  });

  it('says of what is played in a practice console that it is not real', () => {
    const t = alarm(true);
    t.hear(raised(1));
    expect(t.shown[0]?.title).toMatch(/^Practice console, sample data only\. Sallyport: alert/);
  });
});

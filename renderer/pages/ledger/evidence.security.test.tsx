import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { headReportOf, inclusionOf, provenEntry } from '../../../tests/fixtures/screen/evidence.ts';
import { giveElementsSize, renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { entryOf, headOf } from '../../../tests/fixtures/screen/samples.ts';
import { LedgerPage } from './page.tsx';

let restoreSize: () => void;
beforeEach(() => {
  restoreSize = giveElementsSize();
});
afterEach(() => {
  cleanup();
  restoreSize();
});

const OTHER = 'f'.repeat(64);

interface Shown {
  readonly report?: () => unknown;
  readonly inclusion?: (query: Record<string, unknown>) => unknown;
  readonly entry?: ReturnType<typeof entryOf>;
}

async function open({ report = () => headReportOf(8), inclusion, entry = provenEntry(5) }: Shown = {}) {
  const fake = fakeDoor({
    routes: {
      'ledger.list': () => ({ entries: [entry], nextCursor: null, head: headOf(8) }),
      'ledger.inclusion': ({ query = {} }) => (inclusion ?? (() => inclusionOf(5, 8)))(query),
    },
    channels: { 'evidence.head': report },
  });
  const view = renderScreen(<LedgerPage />, fake);
  fireEvent.click(await screen.findByTestId('ledger-row'));
  const proof = screen.getByTestId('inclusion');
  return { fake, proof, ...view };
}

describe('the proof of an entry', () => {
  it('is verified here and drawn from leaf to root', async () => {
    const { proof, fake } = await open();
    await within(proof).findByText('verified');
    const nodes = within(within(proof).getByTestId('proof-path')).getAllByRole('listitem');
    expect(nodes.map((node) => node.querySelector('p')?.textContent)).toEqual([
      'Leaf',
      'Node 1',
      'Node 2',
      'What the path leads to',
    ]);
    expect(nodes[0]?.textContent).toContain('left sibling, entry 4');
    expect(nodes[1]?.textContent).toContain('right sibling, entries 6–7');
    expect(fake.calls('ledger.inclusion')[0]?.query).toEqual({ number: 5, size: 8 });
  });

  it.each([
    ['of another root', { head: { size: 8, root: OTHER } }, 'The root differs'],
    ['of another leaf', { leafHash: OTHER }, 'The leaf hash differs'],
    ['of another entry', { number: 4 }, 'The number differs'],
    [
      'with a sibling of its own',
      { proof: [OTHER, OTHER, OTHER] },
      'The root that the path leads to differs',
    ],
    ['without hashes', { proof: [] }, 'The hashes in the proof differs'],
  ])('%s is shown as failed, with what differs', async (_, change, says) => {
    const { proof } = await open({ inclusion: () => ({ ...inclusionOf(5, 8), ...change }) });
    await within(proof).findByText('failed');
    expect(within(proof).queryByText('verified')).toBeNull();
    expect(within(proof).getByTestId('proof-differs').textContent).toContain(says);
  });

  it('is failed when the service proves another leaf than the list shows', async () => {
    const { proof } = await open({ entry: entryOf(5, { leafHash: OTHER }) });
    await within(proof).findByText('failed');
  });

  it('is pending while the entry has no number', async () => {
    const { proof, fake } = await open({
      entry: entryOf(5, { number: null, state: 'pending', leafHash: null }),
    });
    expect(proof.textContent).toContain('pending');
    expect(fake.calls('ledger.inclusion')).toEqual([]);
  });

  it('is pending while no signed head covers the entry', async () => {
    const { proof, fake } = await open({ report: () => headReportOf(5) });
    await within(proof).findByText('pending: not under a signed head yet');
    expect(fake.calls('ledger.inclusion')).toEqual([]);
  });

  it('is not led to a head that is not verified', async () => {
    const { proof, fake } = await open({ report: () => headReportOf(8, { state: 'fork', problem: 'no' }) });
    await within(proof).findByText(/^failed/);
    expect(fake.calls('ledger.inclusion')).toEqual([]);
  });

  it('that cannot be read is not verified, and is asked for again on demand', async () => {
    let answer: unknown = refusal('request-failed', 'It answered 500.');
    const { proof } = await open({ inclusion: () => answer });
    await within(proof).findByText('not verified');
    answer = inclusionOf(5, 8);
    fireEvent.click(within(proof).getByRole('button', { name: 'Retry' }));
    await within(proof).findByText('verified');
  });
});

describe('the drawer', () => {
  it('is within reach of the keyboard: opened by Enter, every control a button in tab order, closed by Escape', async () => {
    await open();
    fireEvent.keyDown(document.body, { key: 'Escape' });
    expect(screen.queryByTestId('ledger-detail')).toBeNull();
    fireEvent.keyDown(document.body, { key: 'Enter' });
    const drawer = screen.getByTestId('ledger-detail');
    await within(drawer).findByText('verified');
    const controls = within(drawer).getAllByRole('button');
    expect(controls.length).toBeGreaterThan(8);
    for (const control of controls) {
      expect((control as HTMLElement).tabIndex).toBe(0);
      control.focus();
      expect(document.activeElement).toBe(control);
    }
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });
    expect(screen.queryByTestId('ledger-detail')).toBeNull();
  });
});

describe('the newest head', () => {
  it('is always in sight: size, root, key and that nobody watches', async () => {
    await open();
    const { textContent } = await screen.findByTestId('head');
    for (const part of ['8 entries', '0a1b2c3d', 'self-attested', 'verified'])
      expect(textContent).toContain(part);
  });

  it('names its witnesses', async () => {
    await open({ report: () => headReportOf(8, { witnesses: ['console-b'] }) });
    const { textContent } = await screen.findByTestId('head');
    expect(textContent).toContain('console-b');
    expect(textContent).not.toContain('self-attested');
  });

  it.each<[HeadReport['state'], string]>([
    ['fork', 'FORK'],
    ['shrunk', 'SHRUNK'],
    ['restored', 'RESTORED'],
    ['other-log', 'ANOTHER LOG'],
    ['unknown-key', 'UNKNOWN KEY'],
  ])('that is a %s raises an alarm with both heads', async (state, word) => {
    const report = headReportOf(8, { state, problem: 'what was seen is not there' });
    await open({ report: () => report });
    const alarm = await screen.findByTestId('head-alarm');
    expect(alarm.getAttribute('role')).toBe('alert');
    expect(alarm.textContent).toContain(word);
    const roots = [report.head, report.last].map((head) => head?.root);
    for (const root of roots) expect(alarm.querySelector(`[title="${root}"]`)).toBeTruthy();
  });

  it('that is missing raises an alarm with the one that was verified', async () => {
    const problem = 'the service shows no head';
    const report = headReportOf(8, { state: 'missing', problem, head: null, signedAt: null });
    await open({ report: () => report });
    const alarm = await screen.findByTestId('head-alarm');
    expect(alarm.textContent).toContain('MISSING');
    expect(alarm.querySelector(`[title="${report.last?.root}"]`)).toBeTruthy();
    expect(screen.queryByTestId('head')).toBeNull();
  });

  it('that cannot be read is never shown as verified', async () => {
    await open({ report: () => refusal('request-failed', 'It answered 500.') });
    await waitFor(() => expect(screen.getByTestId('head-unread').textContent).toContain('not verified'));
    expect(screen.queryByTestId('head')).toBeNull();
  });
});

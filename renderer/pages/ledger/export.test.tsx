import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { ExportStatus } from '../../../shared/ipc/evidence.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { NO_FILTER } from '../../stores/ui.ts';
import { ExportDialog } from './export.tsx';

afterEach(cleanup);

const NONE: ExportStatus = { state: 'none', path: null, bytes: 0, rows: 0, total: null, message: null };
const RUNNING: ExportStatus = { ...NONE, state: 'running', path: '/chosen/ledger.csv', total: 40 };

function shown(started: unknown = RUNNING) {
  let status: ExportStatus = NONE;
  const fake = fakeDoor({
    channels: {
      'evidence.exportStatus': () => status,
      'evidence.export': () => {
        if (started === RUNNING) status = RUNNING;
        return started;
      },
      'evidence.cancelExport': () => {
        status = { ...status, state: 'cancelled' };
        return status;
      },
    },
  });
  const filter = { ...NO_FILTER, category: 'key' as const, text: 'runner' };
  renderScreen(<ExportDialog filter={filter} onClose={() => undefined} />, fake);
  const start = () => fireEvent.click(screen.getByRole('button', { name: 'Choose a file and export' }));
  const become = (change: Partial<ExportStatus>) => {
    status = { ...status, ...change };
  };
  return { fake, start, become };
}

const says = async (...texts: string[]) => {
  for (const text of texts)
    await waitFor(() => expect(screen.getByTestId('export-status').textContent).toContain(text));
};

describe('the export dialog', () => {
  it('sends format and filters, and no path: that is not for the page to choose', async () => {
    const t = shown();
    fireEvent.change(screen.getByLabelText('Format'), { target: { value: 'csv' } });
    fireEvent.change(screen.getByLabelText('Withhold'), { target: { value: 'redactable' } });
    t.start();
    await says('exporting');
    expect(t.fake.asked.find(({ channel }) => channel === 'evidence.export')?.payload).toEqual({
      format: 'csv',
      withhold: 'redactable',
      filter: { category: 'key', text: 'runner' },
    });
  });

  it('shows how far it is, with the total, and where the file is', async () => {
    const t = shown();
    t.start();
    await says('exporting', '0 of 40 rows');
    t.become({ rows: 12, bytes: 2048 });
    await says('12 of 40 rows', '2 KiB', '/chosen/ledger.csv');
    expect(screen.getByRole('progressbar').getAttribute('value')).toBe('12');
    t.become({ state: 'done', rows: 40 });
    await says('saved', '40 of 40 rows');
  });

  it('is cancelled on demand', async () => {
    const t = shown();
    t.start();
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel the export' }));
    await says('cancelled: no file was written');
    expect(screen.getByRole('button', { name: 'Choose a file and export' })).toBeTruthy();
  });

  it('says why it failed', async () => {
    const t = shown();
    t.start();
    await says('exporting');
    t.become({ state: 'failed', message: 'The disk is full.' });
    await says('failed: no file was written', 'The disk is full.');
  });

  it('says that another one runs', async () => {
    const t = shown(refusal('busy', 'Another export is running.'));
    t.start();
    const dialog = screen.getByTestId('export-dialog');
    expect((await within(dialog).findByRole('alert')).textContent).toBe('Another export is running.');
  });

  it('shows nothing when no file was chosen', async () => {
    const t = shown(NONE);
    t.start();
    await waitFor(() => expect(t.fake.asked.some(({ channel }) => channel === 'evidence.export')).toBe(true));
    expect(screen.queryByTestId('export-status')).toBeNull();
  });
});

import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { DropZone } from './drop-zone.tsx';

afterEach(cleanup);

const STATUS = {
  files: { evidence: 'a.evidence.jsonl', trust: null, older: null },
  ...{ state: 'running', bytes: 0, totalBytes: null, numbers: 0, of: 0, result: null, message: null },
};
const file = new File(['{}'], 'a.evidence.jsonl');

function shown(answer: unknown) {
  const fake = fakeDoor({ channels: { 'evidence.drop': async () => answer } });
  const onVerifying = vi.fn();
  renderScreen(<DropZone onVerifying={onVerifying}>the ledger</DropZone>, fake);
  return { fake, onVerifying, zone: screen.getByLabelText('Ledger; a dropped bundle is verified') };
}

describe('a file that is dropped on the ledger', () => {
  it('is handed on as it is, and its verification is shown', async () => {
    const { fake, onVerifying, zone } = shown(STATUS);
    fireEvent.dragOver(zone, { dataTransfer: { types: ['Files'], files: [] } });
    screen.getByTestId('drop-hint');
    fireEvent.drop(zone, { dataTransfer: { types: ['Files'], files: [file] } });
    await waitFor(() => expect(onVerifying).toHaveBeenCalled());
    expect(fake.asked.filter(({ channel }) => channel === 'evidence.drop')).toEqual([
      { channel: 'evidence.drop', payload: file },
    ]);
    expect(screen.queryByTestId('drop-hint')).toBeNull();
  });

  it('that is refused is said, and dropped text is nothing', async () => {
    const { fake, onVerifying, zone } = shown(refusal('busy', 'A verification is running.'));
    fireEvent.drop(zone, { dataTransfer: { types: ['text/plain'], files: [] } });
    expect(fake.asked.some(({ channel }) => channel === 'evidence.drop')).toBe(false);
    fireEvent.drop(zone, { dataTransfer: { types: ['Files'], files: [file] } });
    expect((await screen.findByTestId('drop-failed')).textContent).toContain('A verification is running.');
    expect(onVerifying).not.toHaveBeenCalled();
  });
});

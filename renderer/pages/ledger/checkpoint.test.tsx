import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Comparison } from '../../../shared/ipc/evidence.ts';
import { newLedgerKey, TestLog } from '../../../tests/fixtures/evidence-log.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { CheckpointDialog } from './checkpoint-dialog.tsx';
import { qrOf, textIn } from './checkpoint-qr.ts';

afterEach(cleanup);

const LOG = new TestLog(20);
const NOTE = newLedgerKey().checkpoint(20, LOG.rootAt(20));
const head = (size: number, digit: string) => ({
  origin: 'sallyport-ledger/test',
  size,
  root: digit.repeat(64),
});
const OWN = { ...head(20, 'a'), note: NOTE };

function shown(answer: unknown = null) {
  const fake = fakeDoor({
    channels: { 'evidence.checkpoint': () => OWN, 'evidence.compare': async () => answer },
  });
  renderScreen(<CheckpointDialog onClose={() => undefined} />, fake);
  return fake;
}

/** A symbol as a camera sees it: modules of 6 pixels on a grey table. */
function photographed(rows: boolean[][]) {
  const [scale, margin] = [6, 20];
  const width = rows.length * scale + 2 * margin;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (let y = 0; y < width; y += 1)
    for (let x = 0; x < width; x += 1) {
      const dark = rows[Math.floor((y - margin) / scale)]?.[Math.floor((x - margin) / scale)];
      const ink = dark ? 20 : 235;
      const shade = dark === undefined ? 160 : ink;
      data.fill(shade, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  return { width, height: width, data };
}

describe('a checkpoint as a QR code', () => {
  it('says the signed note byte for byte', () => {
    const rows = qrOf(NOTE);
    expect(rows && textIn(photographed(rows))).toBe(NOTE);
  });

  it('is not drawn of a note that is too long, and nothing is read where there is none', () => {
    expect(qrOf('x'.repeat(1_201))).toBeNull();
    expect(textIn({ width: 50, height: 50, data: new Uint8ClampedArray(50 * 50 * 4).fill(255) })).toBeNull();
  });
});

describe('comparing checkpoints', () => {
  const compare = async (text: string) => {
    fireEvent.change(await screen.findByLabelText('Checkpoint that you received'), {
      target: { value: text },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Compare' }));
  };

  it.each([
    ['same', 'THE SAME', 'status'],
    ['older', 'OLDER, CONSISTENT', 'status'],
    ['newer', 'NEWER, CONSISTENT', 'status'],
    ['fork', 'FORK', 'alert'],
    ['other-log', 'ANOTHER LOG', 'alert'],
    ['unproven', 'NOT PROVEN', 'alert'],
    ['unsigned', 'NOT SIGNED by the log', 'alert'],
  ] as const)('says %s in words with both heads', async (relation, word, role) => {
    const comparison: Comparison = {
      ...{ relation, own: head(20, 'a'), other: head(20, 'b') },
      ...{ witnesses: [], message: null, told: null },
    };
    const fake = shown(comparison);
    await compare(NOTE);
    const result = await screen.findByTestId('comparison');
    expect(result.getAttribute('role')).toBe(role);
    expect(result.textContent).toContain(word);
    expect(result.textContent).toContain('Verified here');
    expect(result.textContent).toContain('Received');
    expect(fake.asked.at(-1)?.payload).toEqual({ from: 'text', text: NOTE });
  });

  it.each([
    ['told', null, 'alerts its operators'],
    ['refused', 'no fork: this log holds both heads.', 'does not believe it'],
    ['pending', 'The service does not answer.', 'could not be told yet'],
  ] as const)('says of a fork that the service is %s', async (state, message, word) => {
    shown({
      ...{ relation: 'fork', own: head(20, 'a'), other: head(20, 'b') },
      ...{ witnesses: [], message: null, told: { state, message } },
    });
    await compare(NOTE);
    const { textContent } = await screen.findByTestId('fork-told');
    expect(textContent).toContain(word);
    expect(textContent).toContain(message ?? '');
    expect(textContent?.includes('Tell the other operators yourself')).toBe(state !== 'told');
  });

  it('shows its own as a QR code, asks for a file without naming one, and says what failed', async () => {
    const fake = shown(refusal('request-failed', 'This is no checkpoint: it has no signatures.'));
    await screen.findByRole('img', { name: 'Checkpoint of 20 entries as a QR code' });
    fireEvent.click(screen.getByRole('button', { name: 'From a file…' }));
    await waitFor(() => expect(fake.asked.at(-1)?.payload).toEqual({ from: 'file' }));
    expect((await screen.findByRole('alert')).textContent).toBe(
      'This is no checkpoint: it has no signatures.',
    );
  });
});

import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Comparison } from '../../../shared/ipc/evidence.ts';
import { newLedgerKey, TestLog } from '../../../tests/fixtures/evidence-log.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { qrOf, textIn } from '../parts/qr-text.ts';
import { CheckpointDialog } from './checkpoint-dialog.tsx';

afterEach(cleanup);

const LOG = new TestLog(20);
const NOTE = newLedgerKey().checkpoint(20, LOG.rootAt(20));
const head = (size: number, digit: string) => ({
  origin: 'sallyport-ledger/test',
  size,
  root: digit.repeat(64),
});
const OWN = { ...head(20, 'a'), note: NOTE };

function shown(answer: unknown = null, own: () => unknown = () => OWN) {
  const fake = fakeDoor({
    channels: { 'evidence.checkpoint': own, 'evidence.compare': async () => answer },
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
    const button = screen.getByRole('button', { name: 'Compare' }) as HTMLButtonElement;
    await waitFor(() => expect(button.disabled).toBe(false));
    fireEvent.click(button);
  };

  it('has nothing to compare with before a head was verified, and reads it again on demand', async () => {
    const answers = [refusal('not-available', 'No head of the log was verified here yet.'), OWN];
    shown(null, () => answers.shift());
    const unread = await screen.findByTestId('dialog-unread');
    expect(unread.textContent).toContain('nothing to compare with');
    expect(unread.textContent).toContain('No head of the log was verified here yet.');
    for (const name of ['Compare', 'From a file…', 'From a picture…'])
      expect((screen.getByRole('button', { name }) as HTMLButtonElement).disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    await screen.findByRole('region', { name: 'This console’s checkpoint' });
    expect(screen.queryByTestId('dialog-unread')).toBeNull();
  });

  it('says while its own is read and while two are compared what is waited for', async () => {
    shown(null, never);
    await screen.findByText('reading the checkpoint');
    cleanup();
    shown(never());
    await compare(NOTE);
    await screen.findByText('comparing: asking the log how one leads to the other');
    expect((screen.getByRole('button', { name: 'Compare' }) as HTMLButtonElement).disabled).toBe(true);
  });

  it('compares by keyboard alone, and nothing while there is nothing to compare', async () => {
    const fake = shown(refusal('request-failed', 'This is no checkpoint.'));
    await screen.findByRole('region', { name: 'This console’s checkpoint' });
    const text = screen.getByLabelText('Checkpoint that you received');
    const compared = () => fake.asked.filter(({ channel }) => channel === 'evidence.compare');
    fireEvent.keyDown(text, { key: 'Enter', ctrlKey: true });
    fireEvent.change(text, { target: { value: NOTE } });
    fireEvent.keyDown(text, { key: 'Enter' });
    expect(compared()).toHaveLength(0);
    fireEvent.keyDown(text, { key: 'Enter', ctrlKey: true });
    expect((await screen.findByRole('alert')).textContent).toBe('This is no checkpoint.');
    expect(compared().map(({ payload }) => payload)).toEqual([{ from: 'text', text: NOTE }]);
  });

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

import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { Attestation } from './attestation.tsx';

afterEach(cleanup);

const STEPS = [
  { step: 'policy', title: 'Policy', status: 'ok', evidence: 'read it', remedy: null },
  { step: 'archive', title: 'Archive', status: 'weak', evidence: 'not enforced', remedy: 'Compare it.' },
  { step: 'ports', title: 'Ports', status: 'failed', evidence: 'main listens', remedy: 'Quit.' },
  { step: 'support', title: 'Support', status: 'unknown', evidence: 'nobody knows', remedy: null },
];

const open = (answer: () => unknown) => {
  const fake = fakeDoor({ channels: { 'diagnostics.run': answer } });
  renderScreen(<Attestation />, fake);
  return fake;
};

describe('self-attestation', () => {
  it('shows each step by shape and word, with its evidence and what to do', async () => {
    open(() => STEPS);
    const looks = { policy: 'ok', archive: 'warn', ports: 'bad', support: 'absent' };
    for (const [step, shape] of Object.entries(looks)) {
      const row = await screen.findByTestId(`attested-${step}`);
      expect(row.querySelector(`[data-shape=${shape}]`)).toBeTruthy();
    }
    const said = within(screen.getByTestId('attested-ports'));
    for (const text of ['main listens', 'Quit.']) expect(said.getByText(text)).toBeTruthy();
  });

  it('looks again when it is asked to', async () => {
    let rounds = 0;
    open(() => {
      rounds += 1;
      return rounds === 1 ? STEPS : STEPS.map((one) => ({ ...one, status: 'ok' }));
    });
    await screen.findByText('failed');
    fireEvent.click(screen.getByRole('button', { name: 'Look again' }));
    await waitFor(() => expect(screen.queryByText('failed')).toBeNull());
    expect(screen.getAllByText('as it should be')).toHaveLength(4);
  });

  it('says what it waits for, and that it could not be looked at', async () => {
    open(never);
    expect(screen.getByTestId('skeleton')).toBeTruthy();
    cleanup();
    open(() => refusal('internal', 'It failed.'));
    expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
  });
});

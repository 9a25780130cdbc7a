import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { Updates } from './updates.tsx';

afterEach(cleanup);

const OPEN = { state: 'open', installed: '1.4.2', found: null, refused: null } as const;
const FOUND = {
  version: '2.0.0',
  sequence: 7,
  keyId: 'release-1',
  isNewer: true,
  path: '/data/updates/p',
} as const;

const check = async (answer: () => unknown, status: () => unknown = () => OPEN) => {
  const fake = fakeDoor({ channels: { 'updates.status': status, 'updates.check': answer } });
  renderScreen(<Updates />, fake);
  fireEvent.click(await screen.findByRole('button', { name: 'Check a release' }));
  return fake;
};

describe('updates', () => {
  it('are closed where no key is pinned, and nothing can be asked for', async () => {
    const fake = await check(
      () => OPEN,
      () => ({ ...OPEN, state: 'closed' }),
    );
    expect(within(screen.getByTestId('updates')).getByText(/no release key is pinned/)).toBeTruthy();
    expect(fake.asked.some(({ channel }) => channel === 'updates.check')).toBe(false);
  });

  it('say what was found, who signed it and where it lies', async () => {
    await check(() => ({ ...OPEN, found: FOUND }));
    const said = (await screen.findByText(/2\.0\.0/)).textContent;
    for (const part of ['release-1', 'number 7', '/data/updates/p']) expect(said).toContain(part);
  });

  it('say that what is offered runs already', async () => {
    await check(() => ({ ...OPEN, found: { ...FOUND, version: '1.4.2', isNewer: false, path: null } }));
    expect(await screen.findByText(/runs already/)).toBeTruthy();
  });

  it('alert at a release that was refused, and at a console that failed', async () => {
    await check(() => ({ ...OPEN, refused: { code: 'forged', message: 'Do not install it.' } }));
    expect((await screen.findByRole('alert')).textContent).toContain('Do not install it.');
    cleanup();
    await check(() => refusal('internal', 'It failed.'));
    expect((await screen.findByRole('alert')).textContent).toContain('It failed.');
  });
});

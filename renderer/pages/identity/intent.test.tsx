import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeDoor } from '../../../tests/fixtures/screen/door.ts';
import { accountOf } from '../../../tests/fixtures/screen/identity.ts';
import { giveElementsSize, renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { idOf } from '../../../tests/fixtures/screen/samples.ts';
import { IdentityPage } from './page.tsx';

let takeSizeBack: () => void;
beforeEach(() => {
  takeSizeBack = giveElementsSize();
});
afterEach(() => {
  cleanup();
  takeSizeBack();
});

describe('somebody who was sent here to do something', () => {
  const sent = async (search: string, state: 'open' | 'none') => {
    const account = { ...accountOf(1), openSessions: state === 'open' ? 2 : 0 };
    const none = { nextCursor: null };
    const routes = {
      'identity.accounts': () => ({ accounts: [account], ...none }),
      'identity.agents': () => ({ agents: [], ...none }),
      'identity.sessions': () => ({ sessions: [], ...none }),
      'identity.keys': () => ({ keys: [], ...none }),
    };
    const view = renderScreen(<IdentityPage />, fakeDoor({ routes }));
    view.stores.ui.showIdentity('accounts', { search }, 'act');
    await screen.findAllByTestId('identity-row');
    return view;
  };

  it('finds the dialog of its first act open, for the object that was named', async () => {
    const { stores } = await sent(idOf('acc', 1), 'open');
    const dialog = await screen.findByTestId('identity-act');
    expect(dialog.textContent).toContain('Log user1@example.org out everywhere');
    expect(stores.ui.getState().intent).toBeNull();
  });

  it('finds no dialog for another object, nor for what is done already', async () => {
    const { stores } = await sent(idOf('acc', 9), 'open');
    expect(screen.queryByTestId('identity-act')).toBeNull();
    expect(stores.ui.getState().intent).toBe('act');
    cleanup();
    const done = await sent(idOf('acc', 1), 'none');
    await screen.findByTestId('identity-detail');
    await waitFor(() => expect(done.stores.ui.getState().intent).toBeNull());
    expect(screen.queryByTestId('identity-act')).toBeNull();
  });

  it('is led on to what it would mean if it were stolen', async () => {
    const { stores } = await sent(idOf('acc', 1), 'none');
    const detail = await screen.findByTestId('identity-detail');
    fireEvent.click(within(detail).getByRole('button', { name: 'Assume stolen' }));
    expect(stores.ui.getState()).toMatchObject({
      page: 'incidents',
      incidents: { tab: 'stolen', credential: { kind: 'account', id: idOf('acc', 1) } },
    });
  });
});

import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor } from '../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../tests/fixtures/screen/render.tsx';
import { idOf, keyOf } from '../../tests/fixtures/screen/samples.ts';
import { KeysPage } from '../pages/keys/page.tsx';
import { Recovered } from './recovered.tsx';

afterEach(cleanup);

const LEFT = [
  { form: 'keys.create', subject: '', fields: { label: 'ci-runner' } },
  { form: 'incidents.note', subject: idOf('inc', 1), fields: { note: 'seen' } },
];

async function window(left: unknown) {
  const fake = fakeDoor({
    routes: { 'keys.list': () => ({ keys: [keyOf(1)], nextCursor: null }) },
    channels: { 'drafts.list': () => left },
  });
  const view = renderScreen(
    <>
      <Recovered />
      <KeysPage />
    </>,
    fake,
  );
  await act(() => view.scope.drafts.load());
  return { fake, ...view };
}

describe('forms that a replaced window left', () => {
  it('are named, lead back to where they are finished, and can be discarded', async () => {
    const { fake, stores } = await window(LEFT);
    const list = screen.getByTestId('recovered');
    expect(within(list).getAllByRole('listitem')).toHaveLength(2);
    expect(list.textContent).toContain(idOf('inc', 1));
    fireEvent.click(within(list).getByRole('button', { name: 'Go on with: A note on an incident' }));
    expect(stores.ui.getState()).toMatchObject({
      page: 'incidents',
      incidents: { incident: idOf('inc', 1) },
    });
    fireEvent.click(within(list).getByRole('button', { name: 'Discard: A note on an incident' }));
    await waitFor(() =>
      expect(fake.asked).toContainEqual({ channel: 'drafts.drop', payload: { form: 'incidents.note' } }),
    );
    fireEvent.click(within(list).getByRole('button', { name: 'Go on with: Create a key' }));
    const dialog = await screen.findByTestId('create-key');
    expect((within(dialog).getByLabelText('Name') as HTMLInputElement).value).toBe('ci-runner');
    expect(screen.queryByTestId('recovered')).toBeNull();
  });

  it('are not spoken of where there are none, or where main answers something else', async () => {
    await window([]);
    expect(screen.queryByTestId('recovered')).toBeNull();
    cleanup();
    await window([{ form: 'keys.steal', subject: '', fields: {} }]);
    expect(screen.queryByTestId('recovered')).toBeNull();
  });
});

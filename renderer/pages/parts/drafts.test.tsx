import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Draft } from '../../../shared/ipc/drafts.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { idOf, keyOf } from '../../../tests/fixtures/screen/samples.ts';
import { KeysPage } from '../keys/page.tsx';
import { StoreSecret } from '../providers/store-secret.tsx';

afterEach(cleanup);

/** Main, which outlives the windows that a test opens one after the other. */
function main(routes: Parameters<typeof fakeDoor>[0] = {}) {
  const kept = new Map<string, Draft>();
  const fake = fakeDoor({
    routes: { 'keys.list': () => ({ keys: [keyOf(1), keyOf(2)], nextCursor: null }), ...routes?.routes },
    channels: {
      'drafts.list': () => [...kept.values()],
      'drafts.keep': (draft) => kept.set((draft as Draft).form, draft as Draft) && null,
      'drafts.drop': (draft) => (kept.delete((draft as Draft).form) ? null : null),
      ...routes?.channels,
    },
  });
  /** A window: what was there before is gone without a word, as when its process is killed. */
  const open = async (page: React.ReactNode) => {
    cleanup();
    const view = renderScreen(page, fake);
    await view.scope.drafts.load();
    return view;
  };
  return { fake, kept, open };
}

const press = async (name: string) => {
  const button = await screen.findByRole('button', { name });
  await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(false));
  fireEvent.click(button);
};
const openCreate = async () => {
  await press('Create key');
  return screen.findByTestId('create-key');
};
const nameOf = (dialog: HTMLElement) => within(dialog).getByLabelText('Name') as HTMLInputElement;
const type = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

describe('a form whose window died', () => {
  it('comes back with what was typed, says so, and can be put back to its start', async () => {
    const t = main();
    await t.open(<KeysPage />);
    type(nameOf(await openCreate()), 'ci-runner');
    await waitFor(() =>
      expect(t.kept.get('keys.create')?.fields).toEqual({ label: 'ci-runner', limit: '60' }),
    );
    await t.open(<KeysPage />);
    const dialog = await openCreate();
    expect(nameOf(dialog).value).toBe('ci-runner');
    expect(within(dialog).getByTestId('draft-restored').textContent).toContain('Restored');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Discard it' }));
    expect(nameOf(dialog).value).toBe('');
    expect(within(dialog).queryByTestId('draft-restored')).toBeNull();
    await waitFor(() => expect(t.kept.size).toBe(0));
  });

  it('says nothing where nothing was typed, and about another key it does not come back', async () => {
    const t = main();
    await t.open(<KeysPage />);
    expect(within(await openCreate()).queryByTestId('draft-restored')).toBeNull();
    await t.open(<KeysPage />);
    await press('Revoke runner 1');
    type(within(await screen.findByTestId('revoke-key')).getByLabelText('Reason'), 'seen in public');
    await waitFor(() => expect(t.kept.get('keys.revoke')?.subject).toBe(idOf('key', 1)));
    await t.open(<KeysPage />);
    await press('Revoke runner 2');
    const other = await screen.findByTestId('revoke-key');
    expect((within(other).getByLabelText('Reason') as HTMLInputElement).value).toBe('');
    fireEvent.click(within(other).getByRole('button', { name: 'Keep the key' }));
    await press('Revoke runner 1');
    const first = await screen.findByTestId('revoke-key');
    expect((within(first).getByLabelText('Reason') as HTMLInputElement).value).toBe('seen in public');
  });

  it('has nothing to come back with once it was signed or cancelled; a refused signature keeps it', async () => {
    const t = main({ routes: { 'keys.create': () => refusal('declined', 'Declined.') } });
    await t.open(<KeysPage />);
    const dialog = await openCreate();
    type(nameOf(dialog), 'ci-runner');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and create' }));
    await screen.findByTestId('signing-declined');
    expect(t.kept.size).toBe(1);
    t.fake.routes['keys.create'] = () => ({ key: keyOf(3), eventId: idOf('evt', 1) });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and create' }));
    await screen.findByTestId('key-created');
    await waitFor(() => expect(t.kept.size).toBe(0));
    fireEvent.click(screen.getByRole('button', { name: 'Done' }));
    type(nameOf(await openCreate()), 'another');
    await waitFor(() => expect(t.kept.size).toBe(1));
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(t.kept.size).toBe(0));
  });

  it('says that it would not come back where main keeps nothing', async () => {
    const t = main({ channels: { 'drafts.keep': () => refusal('invalid-payload', 'Too long.') } });
    await t.open(<KeysPage />);
    const dialog = await openCreate();
    type(nameOf(dialog), 'ci-runner');
    expect((await within(dialog).findByTestId('draft-refused')).textContent).toContain('not kept');
  });
});

function Opener() {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return <StoreSecret onClose={() => setOpen(false)} onStored={() => undefined} />;
  return (
    <button type="button" onClick={() => setOpen(true)}>
      Store a platform secret
    </button>
  );
}

describe('a secret that is typed', () => {
  it('is told to nobody before it is sent, and does not come back', async () => {
    const SECRET = 'sk-live-0123456789abcdef';
    const t = main();
    const openStore = async () => {
      await t.open(<Opener />);
      await press('Store a platform secret');
      return screen.findByTestId('store-secret');
    };
    const dialog = await openStore();
    type(within(dialog).getByLabelText('Secret'), SECRET);
    type(within(dialog).getByLabelText('Provider'), 'openai');
    await waitFor(() => expect(t.kept.get('providers.store-secret')?.fields).toEqual({ provider: 'openai' }));
    expect(JSON.stringify(t.fake.asked)).not.toContain(SECRET);
    const again = await openStore();
    expect((within(again).getByLabelText('Provider') as HTMLInputElement).value).toBe('openai');
    expect((within(again).getByLabelText('Secret') as HTMLInputElement).value).toBe('');
  });
});

import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { ENROLLED, idOf, keyOf, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { KeysPage } from './page.tsx';

afterEach(cleanup);

const KEYS = [
  keyOf(1),
  keyOf(2, { lastUsedAt: null }),
  keyOf(3, { state: 'revoked', revokedAt: '2026-11-21T12:00:00.000Z', revokedReason: 'laptop stolen' }),
];

const listOf = (keys = KEYS) => ({
  'keys.list': ({ query }: { query?: Record<string, unknown> }) => ({
    keys: keys.filter((key) => query?.state === undefined || key.state === query.state),
    nextCursor: null,
  }),
});

async function full(routes: Parameters<typeof fakeDoor>[0] = {}) {
  const fake = fakeDoor({ ...routes, routes: { ...listOf(), ...routes?.routes } });
  const view = renderScreen(<KeysPage />, fake);
  await screen.findAllByTestId('key-row');
  return { fake, ...view };
}

const openCreate = async () => {
  const button = await screen.findByRole('button', { name: 'Create key' });
  await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(false));
  fireEvent.click(button);
  return screen.findByTestId('create-key');
};

describe('the list of keys', () => {
  it('shows active keys first, by the service’s own filter, and the others on demand', async () => {
    const { fake } = await full();
    expect(screen.getAllByTestId('key-row')).toHaveLength(2);
    fireEvent.click(screen.getByRole('button', { name: 'Revoked' }));
    await screen.findByText('laptop stolen');
    expect(fake.calls('keys.list').at(-1)?.query).toMatchObject({ state: 'revoked' });
    expect(screen.queryByRole('button', { name: /^Revoke runner/ })).toBeNull();
  });

  it('tells never used from used, with the exact time in reach', async () => {
    await full();
    expect(screen.getByText('never')).toBeTruthy();
    expect(screen.getAllByText('(2026-11-21 12:00:00.000 UTC)').length).toBeGreaterThan(0);
  });

  it('says what to do when there is none', async () => {
    renderScreen(<KeysPage />, fakeDoor({ routes: listOf([]) }));
    const empty = await screen.findByTestId('empty');
    expect(within(empty).getByRole('button', { name: 'Create key' })).toBeTruthy();
  });

  it('waits, is offline and fails in words', async () => {
    renderScreen(<KeysPage />, fakeDoor({ routes: { 'keys.list': never } }));
    expect(screen.getByTestId('skeleton').textContent).toContain('the list of keys');
    cleanup();
    renderScreen(<KeysPage />, fakeDoor({ routes: { 'keys.list': () => refusal('service-down', 'Down.') } }));
    expect(await screen.findByTestId('offline')).toBeTruthy();
    cleanup();
    renderScreen(
      <KeysPage />,
      fakeDoor({ routes: { 'keys.list': () => refusal('internal', 'It failed.') } }),
    );
    expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
  });
});

describe('who may sign', () => {
  it('nobody before enrolment: the buttons say why', async () => {
    await full({ channels: { 'enrolment.status': () => NOT_ENROLLED } });
    expect(await screen.findByTestId('enrolment-call')).toBeTruthy();
    const create = screen.getByRole('button', { name: 'Create key' }) as HTMLButtonElement;
    expect(create.disabled).toBe(true);
    expect(create.title).toContain('not enrolled');
  });

  it('not a reviewer, who is told which roles may', async () => {
    const reviewer = { ...ENROLLED, operator: { id: idOf('opr', 1), name: 'R', role: 'reviewer' } };
    await full({ channels: { 'enrolment.status': () => reviewer } });
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Create key' }).title).toContain(
        'responder or administrator',
      ),
    );
  });
});

describe('creating a key', () => {
  it('shows what will be signed as the card decodes it, and says where the secret appears', async () => {
    await full();
    const dialog = await openCreate();
    fireEvent.change(within(dialog).getByLabelText('Name'), { target: { value: 'ci-runner' } });
    const summary = within(dialog).getByTestId('signing-summary').textContent;
    expect(summary).toContain('Create an inference key');
    expect(summary).toContain('POST /api/keys');
    expect(summary).toContain('ci-runner');
    expect(dialog.textContent).toContain('never reaches this screen');
  });

  it('sends nothing that the service would refuse, and says what is wrong', async () => {
    const { fake } = await full();
    const dialog = await openCreate();
    fireEvent.change(within(dialog).getByLabelText('Requests per minute'), { target: { value: '0' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and create' }));
    expect(dialog.textContent).toContain('A key needs a name');
    expect(dialog.textContent).toContain('A whole number from 1 to 100,000.');
    expect(fake.calls('keys.create')).toEqual([]);
  });

  it('waits for the signature, cannot be sent twice, and then says where the secret is', async () => {
    let sign: (value: unknown) => void = () => {};
    const { fake } = await full({ routes: { 'keys.create': () => new Promise((done) => (sign = done)) } });
    const dialog = await openCreate();
    fireEvent.change(within(dialog).getByLabelText('Name'), { target: { value: 'ci-runner' } });
    const form = dialog.querySelector('form') as HTMLFormElement;
    fireEvent.submit(form);
    await screen.findByTestId('signing-waiting');
    fireEvent.submit(form);
    expect(fake.calls('keys.create')).toEqual([
      { route: 'keys.create', body: { label: 'ci-runner', requestsPerMinute: 60 } },
    ]);
    sign({ key: keyOf(9), eventId: idOf('evt', 9) });
    expect((await screen.findByTestId('key-created')).textContent).toContain('in the trusted window now');
  });

  it.each([
    ['declined', 'declined', 'Nothing was sent.'],
    ['failed', 'request-failed', 'The service refused.'],
  ] as const)('that is %s says so and can be tried again', async (_, code, says) => {
    await full({ routes: { 'keys.create': () => refusal(code, 'The service refused.') } });
    const dialog = await openCreate();
    fireEvent.change(within(dialog).getByLabelText('Name'), { target: { value: 'a' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and create' }));
    expect((await screen.findByTestId(`signing-${code}`)).textContent).toContain(says);
    const again = within(dialog).getByRole('button', { name: 'Sign and create' }) as HTMLButtonElement;
    expect(again.disabled).toBe(false);
  });

  it('opens by itself when somebody was sent here for it', async () => {
    const fake = fakeDoor({ routes: listOf() });
    const { stores } = renderScreen(<KeysPage />, fake);
    stores.ui.go('keys', 'create-key');
    expect(await screen.findByTestId('create-key')).toBeTruthy();
    expect(stores.ui.getState().intent).toBeNull();
  });
});

describe('revoking a key', () => {
  const openRevoke = async () => {
    const button = screen.getByRole('button', { name: 'Revoke runner 1' });
    await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(false));
    fireEvent.click(button);
    return screen.findByTestId('revoke-key');
  };

  it('names what it destroys, wants a reason, and shows the target that is signed', async () => {
    const { fake } = await full();
    const dialog = await openRevoke();
    const destroy = within(dialog).getByRole('button', { name: 'Sign and destroy th_00000001…' });
    fireEvent.click(destroy);
    expect(dialog.textContent).toContain('Say why');
    expect(fake.calls('keys.revoke')).toEqual([]);
    expect(within(dialog).getByTestId('signing-summary').textContent).toContain(
      `POST /api/keys/${idOf('key', 1)}/revoke`,
    );
  });

  it('is done once it is signed, and the list is read again', async () => {
    const { fake } = await full({
      routes: { 'keys.revoke': () => ({ key: keyOf(1, { state: 'revoked' }), eventId: idOf('evt', 1) }) },
    });
    const dialog = await openRevoke();
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: ' leaked ' } });
    const before = fake.calls('keys.list').length;
    fireEvent.click(within(dialog).getByRole('button', { name: /^Sign and destroy/ }));
    expect((await screen.findByTestId('key-revoked')).textContent).toContain('401');
    expect(fake.calls('keys.revoke')).toEqual([
      {
        route: 'keys.revoke',
        params: { id: idOf('key', 1) },
        body: { displayPrefix: 'th_00000001', reason: 'leaked' },
      },
    ]);
    await waitFor(() => expect(fake.calls('keys.list').length).toBeGreaterThan(before));
  });
});

import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { accountOf, agentOf, credentialOf, sessionOf } from '../../../tests/fixtures/screen/identity.ts';
import { giveElementsSize, renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { ENROLLED, idOf, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { IdentityPage } from './page.tsx';

let takeSizeBack: () => void;
beforeEach(() => {
  takeSizeBack = giveElementsSize();
});
afterEach(() => {
  cleanup();
  takeSizeBack();
});

const ROUTES = {
  'identity.accounts': () => ({ accounts: [accountOf(2), accountOf(1)], nextCursor: null }),
  'identity.agents': () => ({ agents: [agentOf(1)], nextCursor: null }),
  'identity.agent': () => ({ agent: agentOf(1), health: null }),
  'identity.sessions': () => ({ sessions: [sessionOf(1)], nextCursor: null }),
  'identity.keys': () => ({ keys: [credentialOf(1)], nextCursor: null }),
};

async function full(script: Parameters<typeof fakeDoor>[0] = {}) {
  const fake = fakeDoor({ ...script, routes: { ...ROUTES, ...script?.routes } });
  const view = renderScreen(<IdentityPage />, fake);
  await screen.findAllByTestId('identity-row');
  return { fake, ...view };
}

const open = async (view: string, text: string) => {
  if (view !== 'Accounts') fireEvent.click(screen.getByRole('button', { name: view }));
  const row = await waitFor(() => {
    const found = screen.getAllByTestId('identity-row').find((r) => r.textContent?.includes(text));
    if (!found) throw new Error(`no row of ${text}`);
    return found;
  });
  fireEvent.click(row);
  return screen.findByTestId('identity-detail');
};

const act = async (detail: HTMLElement, name: string) => {
  const button = within(detail).getByRole('button', { name }) as HTMLButtonElement;
  await waitFor(() => expect(button.disabled).toBe(false));
  fireEvent.click(button);
  return screen.findByTestId('identity-act');
};

const sign = (dialog: HTMLElement, reason: string) => {
  fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: reason } });
  fireEvent.submit(dialog.querySelector('form') as HTMLFormElement);
};

describe('the lists', () => {
  it('are narrowed by the service, each with its own facets', async () => {
    const { fake } = await full();
    fireEvent.change(screen.getByLabelText('State'), { target: { value: 'logged-out' } });
    fireEvent.change(screen.getByLabelText('Role'), { target: { value: 'admin' } });
    await waitFor(() =>
      expect(fake.calls('identity.accounts').at(-1)?.query).toEqual({
        limit: 100,
        state: 'logged-out',
        role: 'admin',
      }),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Keys' }));
    fireEvent.change(screen.getByLabelText('Family'), { target: { value: 'management' } });
    await waitFor(() =>
      expect(fake.calls('identity.keys').at(-1)?.query).toEqual({ limit: 100, family: 'management' }),
    );
    fireEvent.change(screen.getByLabelText(/^Search/), { target: { value: 'tokenmart_0' } });
    await waitFor(() =>
      expect(fake.calls('identity.keys').at(-1)?.query).toMatchObject({ search: 'tokenmart_0' }),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
    await waitFor(() => expect(fake.calls('identity.keys').at(-1)?.query).toEqual({ limit: 100 }));
  });

  it('asks for the next page before the end is reached', async () => {
    const page = (cursor: unknown) =>
      cursor === undefined
        ? { accounts: [accountOf(3), accountOf(2)], nextCursor: idOf('acc', 2) }
        : { accounts: [accountOf(1)], nextCursor: null };
    const { fake } = await full({ routes: { 'identity.accounts': ({ query }) => page(query?.cursor) } });
    await waitFor(() => expect(screen.getAllByTestId('identity-row')).toHaveLength(3));
    expect(fake.calls('identity.accounts').map(({ query }) => query?.cursor)).toContain(idOf('acc', 2));
  });

  it('says what there is when there is nothing, narrowed or not', async () => {
    const none = { 'identity.accounts': () => ({ accounts: [], nextCursor: null }) };
    renderScreen(<IdentityPage />, fakeDoor({ routes: none }));
    expect((await screen.findByTestId('empty')).textContent).toContain('Nobody has registered yet');
    fireEvent.change(screen.getByLabelText('Role'), { target: { value: 'admin' } });
    await screen.findByText('No entry of accounts fits');
    fireEvent.click(screen.getByRole('button', { name: 'Clear the filter' }));
    await screen.findByText('Nobody has registered yet');
  });

  it('waits, is offline and fails in words', async () => {
    const answers = (answer: () => unknown) => fakeDoor({ routes: { 'identity.accounts': answer } });
    renderScreen(<IdentityPage />, answers(never));
    expect(screen.getByTestId('skeleton').textContent).toContain('the list of accounts');
    cleanup();
    renderScreen(
      <IdentityPage />,
      answers(() => refusal('service-down', 'Down.')),
    );
    expect(await screen.findByTestId('offline')).toBeTruthy();
    cleanup();
    renderScreen(
      <IdentityPage />,
      answers(() => refusal('internal', 'It failed.')),
    );
    expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
  });

  it('moves with j and k, opens with Enter, closes with Escape, searches with a slash', async () => {
    await full();
    const press = (key: string) => fireEvent.keyDown(window, { key });
    const selected = () =>
      screen.getAllByTestId('identity-row').find((row) => row.getAttribute('aria-selected') === 'true');
    press('j');
    await waitFor(() => expect(selected()?.dataset.id).toBe(idOf('acc', 2)));
    press('j');
    await waitFor(() => expect(selected()?.dataset.id).toBe(idOf('acc', 1)));
    press('k');
    press('Enter');
    expect((await screen.findByTestId('identity-detail')).textContent).toContain('user2@example.org');
    press('Escape');
    await waitFor(() => expect(screen.queryByTestId('identity-detail')).toBeNull());
    press('/');
    expect(document.activeElement).toBe(screen.getByLabelText(/^Search/));
  });
});

describe('the details', () => {
  it('of an account show its agents, sessions and keys, and lead to each', async () => {
    const { fake, stores } = await full();
    const detail = await open('Accounts', 'user1@example.org');
    for (const id of ['linked-agents', 'linked-sessions', 'linked-keys'])
      await waitFor(() => expect(within(detail).getByTestId(id).querySelectorAll('li')).toHaveLength(1));
    expect(fake.calls('identity.sessions').at(-1)?.query).toMatchObject({ account: idOf('acc', 1) });
    fireEvent.click(within(detail).getByRole('button', { name: 'scout-1' }));
    expect(stores.ui.getState().identityFilter).toMatchObject({ view: 'agents', search: idOf('agt', 1) });
    // Whoever is sent to one object finds it open.
    expect((await screen.findByTestId('identity-detail')).textContent).toContain(idOf('agt', 1));
  });

  it('of an agent rate its heartbeats where there are any', async () => {
    const health = { score: 61.5, cadence: 35, challenge: 25, latency: 15, chain: 9, confidence: 0.4 };
    await full({ routes: { 'identity.agent': () => ({ agent: agentOf(1), health }) } });
    const detail = await open('Agents', 'scout-1');
    await waitFor(() => expect(detail.textContent).toContain('61.5 of 100'));
    fireEvent.click(within(detail).getByRole('button', { name: 'user1@example.org' }));
    await waitFor(() => expect(screen.getByTestId('identity-detail').textContent).toContain('user1'));
  });
});

describe('who may act', () => {
  it('nobody before enrolment, and not every role: the buttons say why', async () => {
    await full({ channels: { 'enrolment.status': () => NOT_ENROLLED } });
    const detail = await open('Accounts', 'user1@example.org');
    const button = within(detail).getByRole('button', { name: 'Log out everywhere' }) as HTMLButtonElement;
    await waitFor(() => expect(button.title).toContain('not enrolled'));
    expect(button.disabled).toBe(true);
    cleanup();
    const operator = { id: idOf('opr', 1), name: 'R', role: 'responder' };
    await full({ channels: { 'enrolment.status': () => ({ ...ENROLLED, operator }) } });
    const agent = await open('Agents', 'scout-1');
    const rekey = within(agent).getByRole('button', { name: 'Give a new key' });
    await waitFor(() => expect(rekey.title).toContain('It takes administrator'));
  });

  it('nobody on what has ended already', async () => {
    const ended = sessionOf(1, {
      state: 'revoked',
      revokedAt: sessionOf(1).openedAt,
      revokedCause: 'logout',
    });
    await full({ routes: { 'identity.sessions': () => ({ sessions: [ended], nextCursor: null }) } });
    const detail = await open('Sessions', 'user1@example.org');
    const button = within(detail).getByRole('button', { name: 'End session' }) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    expect(button.title).toContain('revoked already');
  });
});

describe('a signed act', () => {
  const cases = [
    ['Accounts', 'Log out everywhere', 'accounts.revoke-sessions', 'acc', { email: 'user1@example.org' }],
    [
      'Sessions',
      'End session',
      'identity.revoke-session',
      'ses',
      { email: 'user1@example.org', openedAt: sessionOf(1).openedAt },
    ],
    [
      'Agents',
      'Revoke credentials',
      'identity.revoke-agent',
      'agt',
      { name: 'scout-1', displayPrefix: 'tokenmart_00000001' },
    ],
    ['Keys', 'Revoke', 'identity.revoke-agent-key', 'key', { displayPrefix: 'tokenmart_00000001' }],
  ] as const;

  it.each(cases)('on %s, %s, sends the names that the card shows', async (view, name, route, kind, names) => {
    const { fake } = await full({ routes: { [route]: () => refusal('declined', 'Declined.') } });
    const text = view === 'Keys' || view === 'Agents' ? 'scout-1' : 'user1@example.org';
    const dialog = await act(await open(view, text), name);
    const summary = within(dialog).getByTestId('signing-summary').textContent;
    for (const value of [...Object.values(names), idOf(kind, 1)]) expect(summary).toContain(value);
    fireEvent.submit(dialog.querySelector('form') as HTMLFormElement);
    expect(dialog.textContent).toContain('Say why');
    expect(fake.calls(route)).toEqual([]);
    sign(dialog, ' stolen ');
    expect((await screen.findByTestId('signing-declined')).textContent).toContain('Nothing was sent.');
    expect(fake.calls(route)).toEqual([
      { route, params: { id: idOf(kind, 1) }, body: { ...names, reason: 'stolen' } },
    ]);
  });

  it.each([
    ['inference', 'keys.revoke', 'key'],
    ['management', 'keys.revoke', 'key'],
    ['identity', 'identity.revoke-token', 'idt'],
  ] as const)('revokes a key of the family %s by its own route', async (family, route, kind) => {
    const entry = credentialOf(1, { family, id: idOf(kind, 1) });
    const { fake } = await full({
      routes: {
        'identity.keys': () => ({ keys: [entry], nextCursor: null }),
        [route]: () => refusal('request-failed', 'The service refused.'),
      },
    });
    sign(await act(await open('Keys', 'scout-1'), 'Revoke'), 'lost');
    await screen.findByTestId('signing-request-failed');
    expect(fake.calls(route)).toHaveLength(1);
  });

  it('says that it is done, and reads the list again', async () => {
    const { fake } = await full({
      routes: {
        'identity.revoke-session': () => ({
          session: sessionOf(1, { state: 'revoked' }),
          eventId: idOf('evt', 1),
        }),
      },
    });
    const dialog = await act(await open('Sessions', 'user1@example.org'), 'End session');
    const before = fake.calls('identity.sessions').length;
    sign(dialog, 'stolen');
    expect((await screen.findByTestId('identity-done')).textContent).toContain('401');
    await waitFor(() => expect(fake.calls('identity.sessions').length).toBeGreaterThan(before));
  });

  it('that makes a key says where the secret is, and holds no secret', async () => {
    const answer = { agent: agentOf(1), revokedKeys: 1, revokedTokens: 0, eventId: idOf('evt', 1) };
    await full({ routes: { 'identity.rekey-agent': () => answer } });
    const dialog = await act(await open('Agents', 'scout-1'), 'Give a new key');
    expect(dialog.textContent).toContain('never reaches this screen');
    sign(dialog, 'key lost');
    expect((await screen.findByTestId('identity-done')).textContent).toContain('in the trusted window now');
  });
});

import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProviderSecret, SecretRootsState } from '../../../shared/http/provider-secrets.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, ENROLLED, idOf, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { ProvidersPage } from './page.tsx';

afterEach(cleanup);

const secretOf = (n: number, change: Partial<ProviderSecret> = {}): ProviderSecret => ({
  id: idOf('psc', n),
  provider: 'openai',
  scope: 'platform',
  tenant: null,
  fingerprint: 'ba7816bf8f01cfea',
  revision: 1,
  rootVersion: 2,
  createdAt: AT,
  updatedAt: AT,
  updatedBy: idOf('opr', 1),
  unreadableSince: null,
  ...change,
});

const SECRETS = [
  secretOf(3, { scope: 'agent', tenant: idOf('agt', 1), rootVersion: 1, unreadableSince: AT }),
  secretOf(2, { scope: 'account', tenant: idOf('acc', 1) }),
  secretOf(1),
];

const rootOf = (version: number, change: object = {}) => ({
  ...{ version, state: 'active' as const, activatedAt: AT, retiredAt: null, secrets: 0, unreadable: 0 },
  ...change,
});

const STATE: SecretRootsState = {
  roots: [
    rootOf(4, { secrets: 30 }),
    rootOf(3, { state: 'leaving', secrets: 9, unreadable: 1 }),
    rootOf(2, { state: 'empty' }),
    rootOf(1, { state: 'retired', retiredAt: AT }),
  ],
  next: { version: 5, available: true },
  total: 39,
  settled: 30,
};

const routesOf = (state = STATE, secrets: readonly ProviderSecret[] = SECRETS) => ({
  'secret-roots.state': () => state,
  'provider-secrets.list': () => ({ secrets, nextCursor: null, alwaysMineAccounts: 3 }),
});

async function full(script: Parameters<typeof fakeDoor>[0] = {}) {
  const custodian = { ...ENROLLED, operator: { id: idOf('opr', 1), name: 'C', role: 'custodian' } };
  const fake = fakeDoor({
    channels: { 'enrolment.status': () => custodian, ...script.channels },
    routes: { ...routesOf(), ...script.routes },
  });
  renderScreen(<ProvidersPage />, fake);
  await screen.findAllByTestId('secret-row');
  await waitFor(() =>
    expect(screen.getByRole('button', { name: /^Rotate/ }).title).not.toContain('has not said'),
  );
  return fake;
}

const buttonOf = (name: RegExp | string) => screen.getByRole('button', { name }) as HTMLButtonElement;

describe('the secrets', () => {
  it('are shown by scope, owner, fingerprint and root, and one that does not open by shape and word', async () => {
    await full();
    const [ofAgent, , platform] = screen.getAllByTestId('secret-row');
    expect(ofAgent?.textContent).toContain('does not open');
    expect(ofAgent?.querySelector('[data-shape=bad]')).toBeTruthy();
    expect(platform?.textContent).toContain('everybody');
    expect(platform?.textContent).toContain('ba78 16bf 8f01 cfea');
    expect(screen.getByTestId('unreadable').textContent).toContain('1 secret does not open');
  });

  it('are narrowed by scope and version by the service itself', async () => {
    const fake = await full();
    fireEvent.click(buttonOf('platform'));
    fireEvent.change(screen.getByLabelText('Root version'), { target: { value: '3' } });
    await waitFor(() =>
      expect(fake.calls('provider-secrets.list').at(-1)?.query).toMatchObject({
        scope: 'platform',
        rootVersion: 3,
      }),
    );
  });

  it('come with the order of fallback, and who has turned it off', async () => {
    await full();
    const order = screen.getByTestId('secret-order').textContent;
    expect(order).toMatch(/1 Agent.*2 Account.*3 Platform.*3 accounts do.*403.*never tried/);
  });

  it('say what to do when there is none', async () => {
    const empty: SecretRootsState = {
      roots: [],
      next: { version: 2, available: true },
      total: 0,
      settled: 0,
    };
    renderScreen(<ProvidersPage />, fakeDoor({ routes: routesOf(empty, []) }));
    expect(within(await screen.findByTestId('empty')).getByRole('button')).toBeTruthy();
    expect(screen.getByTestId('secret-roots').textContent).toContain('Version 1 comes into use');
  });

  it('wait, are offline and fail in words', async () => {
    renderScreen(<ProvidersPage />, fakeDoor({ routes: { ...routesOf(), 'secret-roots.state': never } }));
    expect(screen.getByTestId('skeleton').textContent).toContain('the roots of provider secrets');
    cleanup();
    const down = () => refusal('service-down', 'Down.');
    renderScreen(<ProvidersPage />, fakeDoor({ routes: { ...routesOf(), 'secret-roots.state': down } }));
    expect(await screen.findByTestId('offline')).toBeTruthy();
    cleanup();
    const broken = () => refusal('internal', 'It failed.');
    renderScreen(<ProvidersPage />, fakeDoor({ routes: { ...routesOf(), 'provider-secrets.list': broken } }));
    expect((await screen.findByTestId('error')).textContent).toContain('It failed.');
  });
});

describe('the roots', () => {
  it('show how far the rotation is, as a bar and as numbers', async () => {
    await full();
    const progress = screen.getByTestId('rotation-progress');
    expect(progress.textContent).toContain('30 of 39');
    expect(within(progress).getByLabelText('Secrets under the active root').getAttribute('value')).toBe('30');
    const words = screen.getAllByTestId('root-row').map((row) => row.textContent);
    expect(words.map((w) => /active|re-encrypting|unused|retired/.exec(w ?? '')?.[0])).toEqual([
      ...['active', 're-encrypting', 'unused', 'retired'],
    ]);
  });

  it('can be retired when nothing uses them, and say what does otherwise', async () => {
    const fake = await full({
      routes: { 'secret-roots.retire': () => ({ state: STATE, eventId: idOf('evt', 1) }) },
    });
    expect(buttonOf('Retire root 3').disabled).toBe(true);
    expect(buttonOf('Retire root 3').title).toContain('9 secrets are still encrypted');
    expect(screen.queryByRole('button', { name: 'Retire root 4' })).toBeNull();
    fireEvent.click(buttonOf('Retire root 2'));
    const dialog = await screen.findByTestId('retire-root');
    expect(dialog.textContent).toContain('nothing can be encrypted under it again');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and retire for ever' }));
    await within(dialog).findByText('It is retired for ever.');
    expect(fake.calls('secret-roots.retire').map((call) => call.body)).toEqual([{ version: 2 }]);
  });

  it('name a version that only broken secrets hold back', async () => {
    const held = { ...STATE, roots: [rootOf(2), rootOf(1, { state: 'leaving', secrets: 2, unreadable: 2 })] };
    await full({ routes: routesOf(held) });
    expect(screen.getAllByTestId('root-row')[1]?.textContent).toContain('held back');
    expect(buttonOf('Retire root 1').title).toContain('do not open');
  });

  it('rotate by a signature over the next version', async () => {
    const fake = await full({
      routes: { 'secret-roots.rotate': () => ({ state: STATE, eventId: idOf('evt', 1) }) },
    });
    fireEvent.click(buttonOf('Rotate to version 5'));
    const dialog = await screen.findByTestId('rotate-root');
    expect(within(dialog).getByTestId('signing-summary').textContent).toContain(
      'POST /api/provider-secrets/roots/rotate',
    );
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and rotate' }));
    await within(dialog).findByText(/It has begun/);
    expect(fake.calls('secret-roots.rotate').map((call) => call.body)).toEqual([{ version: 5 }]);
  });

  it('do not rotate without the next key, and say where it belongs', async () => {
    await full({ routes: routesOf({ ...STATE, next: { version: 5, available: false } }) });
    expect(buttonOf('Rotate to version 5').disabled).toBe(true);
    expect(buttonOf('Rotate to version 5').title).toContain('SALLYPORT_SECRET_ROOTS');
  });
});

describe('storing a platform secret', () => {
  const MATERIAL = 'sk-canary-0123456789';
  const type = (dialog: HTMLElement, label: string, value: string) =>
    fireEvent.change(within(dialog).getByLabelText(label), { target: { value } });
  const openStore = async () => {
    fireEvent.click(buttonOf('Store a platform secret'));
    return screen.findByTestId('store-secret');
  };

  it('shows its fingerprint where the card will, never the secret, and forgets it once sent', async () => {
    let sign: (value: unknown) => void = () => {};
    const waiting = () => new Promise((done) => (sign = done));
    const fake = await full({ routes: { 'provider-secrets.set-platform': waiting } });
    const dialog = await openStore();
    type(dialog, 'Provider', 'OpenAI');
    type(dialog, 'Secret', MATERIAL);
    const summary = within(dialog).getByTestId('signing-summary').textContent;
    expect(summary).toMatch(/not shown; fingerprint [0-9a-f]{16}/);
    expect(document.body.textContent).not.toContain(MATERIAL);
    expect(within(dialog).getByLabelText('Secret').getAttribute('type')).toBe('password');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and store' }));
    expect(fake.calls('provider-secrets.set-platform').map((call) => call.body)).toEqual([
      { provider: 'openai', material: MATERIAL },
    ]);
    sign(refusal('declined', 'Declined.'));
    await screen.findByTestId('signing-declined');
    expect((within(dialog).getByLabelText('Secret') as HTMLInputElement).value).toBe('');
  });

  it('says which one is stored now', async () => {
    const stored = () => ({ secret: secretOf(1), updated: true, eventId: idOf('evt', 1) });
    await full({ routes: { 'provider-secrets.set-platform': stored } });
    const dialog = await openStore();
    type(dialog, 'Provider', 'openai');
    type(dialog, 'Secret', MATERIAL);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and store' }));
    expect((await screen.findByTestId('secret-stored')).textContent).toContain('ba78 16bf 8f01 cfea');
  });

  it('sends nothing that the service would refuse', async () => {
    const fake = await full();
    const dialog = await openStore();
    type(dialog, 'Provider', 'o');
    type(dialog, 'Secret', 'short');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and store' }));
    expect(dialog.textContent).toContain('16 to 4096 visible characters');
    expect(fake.calls('provider-secrets.set-platform')).toEqual([]);
  });
});

describe('deleting a secret', () => {
  it('says what its holder is left with, and takes a reason', async () => {
    const gone = () => ({ id: idOf('psc', 2), eventId: idOf('evt', 1) });
    const fake = await full({ routes: { 'provider-secrets.delete': gone } });
    fireEvent.click(buttonOf(`Delete the openai secret of ${idOf('acc', 1)}`));
    const dialog = await screen.findByTestId('delete-secret');
    expect(dialog.textContent).toContain('fall back to the platform’s secret');
    fireEvent.click(within(dialog).getByRole('button', { name: /^Sign and destroy/ }));
    expect(fake.calls('provider-secrets.delete')).toEqual([]);
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'stolen' } });
    fireEvent.click(within(dialog).getByRole('button', { name: /^Sign and destroy/ }));
    await screen.findByTestId('secret-deleted');
    expect(fake.calls('provider-secrets.delete')[0]).toMatchObject({
      params: { id: idOf('psc', 2) },
      body: { provider: 'openai', scope: 'account', reason: 'stolen' },
    });
  });
});

it('nobody signs before enrolment, and a reviewer is told who may', async () => {
  await full({ channels: { 'enrolment.status': () => NOT_ENROLLED } });
  expect(buttonOf('Rotate to version 5').title).toContain('not enrolled');
  cleanup();
  const reviewer = { ...ENROLLED, operator: { id: idOf('opr', 1), name: 'R', role: 'reviewer' } };
  await full({ channels: { 'enrolment.status': () => reviewer } });
  expect(buttonOf('Store a platform secret').title).toContain('custodian or administrator');
});

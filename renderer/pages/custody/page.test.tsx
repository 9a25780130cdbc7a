import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CEREMONY_STEPS, type CustodyState, type Rotation } from '../../../shared/ipc/custody.ts';
import { NO_CUSTODY } from '../../../tests/fixtures/no-custody.ts';
import { fakeDoor, never, refusal } from '../../../tests/fixtures/screen/door.ts';
import { PROPOSAL } from '../../../tests/fixtures/screen/proposals.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { idOf } from '../../../tests/fixtures/screen/samples.ts';
import { CustodyPage } from './page.tsx';

afterEach(cleanup);

const uuid = (n: number) => `0000000${n}-0000-4000-8000-000000000000`;
const NEW = { item: uuid(1), address: 'N'.repeat(44), fingerprint: 'a'.repeat(64) };
const OLD = { item: uuid(2), address: 'F'.repeat(44), fingerprint: 'b'.repeat(64) };
const rotation = (change: Partial<Rotation> = {}): Rotation => ({
  ...{ id: uuid(3), reason: 'quarterly', wallet: NEW, former: OLD, way: 'vault', secret: null, inFlight: [] },
  ...{ done: ['generated', 'sealed', 'imported'], next: 'hydrated', unfinished: false, reverting: false },
  ...{ ended: null, abort: 'restore-secret', second: null, formerSecond: null },
  ...change,
});

function show(
  state: CustodyState | (() => unknown),
  channels: NonNullable<Parameters<typeof fakeDoor>[0]>['channels'] = {},
) {
  const answer = typeof state === 'function' ? state : () => state;
  const routes = { 'wallet-keys.retire': () => ({ proposal: PROPOSAL, eventId: idOf('evt', 1) }) };
  const fake = fakeDoor({
    routes,
    channels: { 'custody.state': answer, 'custody.act': answer, ...channels },
  });
  renderScreen(<CustodyPage />, fake);
  const acts = () =>
    fake.asked.filter(({ channel }) => channel === 'custody.act').map(({ payload }) => payload);
  return { acts, fake };
}

describe('the change log on paper', () => {
  it('has every rotation whole, wallets with their fingerprints, steps and copies, and prints on demand', async () => {
    const print = vi.fn();
    vi.stubGlobal('print', print);
    const copies = [
      {
        address: OLD.address,
        where: 'vault',
        detail: 'item',
        state: 'retired',
        proof: 'destroyed on paper 7',
      },
    ] as const;
    const ended = [
      rotation({ done: [...CEREMONY_STEPS], next: null, ended: 'recorded', abort: null }),
      rotation({
        id: uuid(4),
        reason: 'a rehearsal',
        former: null,
        done: ['generated'],
        next: null,
        ended: 'aborted',
      }),
    ];
    show({ ...NO_CUSTODY, ended, copies: [...copies] });
    const sheet = await screen.findByTestId('printed-log');
    const text = sheet.textContent ?? '';
    for (const part of [
      ...[
        'quarterly',
        'a rehearsal',
        uuid(3),
        uuid(4),
        NEW.address,
        NEW.fingerprint,
        OLD.address,
        OLD.fingerprint,
      ],
      ...['Recorded', 'Aborted', 'destroyed on paper 7', 'Retire the former wallet', 'Read and compared by'],
    ])
      expect(text).toContain(part);
    expect(text.split('not done')).toHaveLength(CEREMONY_STEPS.length);
    fireEvent.click(screen.getByRole('button', { name: 'Print' }));
    expect(print).toHaveBeenCalledOnce();
  });

  it('is not offered while there is none', async () => {
    show(NO_CUSTODY);
    expect(await screen.findByTestId('custody-log')).toBeTruthy();
    expect(screen.queryByTestId('printed-log')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Print' })).toBeNull();
  });
});

describe('custody', () => {
  it('begins empty, and opens a rotation with a reason and the wallet that it replaces', async () => {
    const { acts } = show({ ...NO_CUSTODY, candidates: [{ item: OLD.item, label: 'payer' }] });
    expect(await screen.findByTestId('custody-empty')).toBeTruthy();
    const open = screen.getByRole<HTMLButtonElement>('button', { name: 'Generate a new wallet' });
    expect(open.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText('Why'), { target: { value: ' leak ' } });
    fireEvent.change(screen.getByLabelText('Wallet that it replaces'), { target: { value: OLD.item } });
    fireEvent.click(open);
    await waitFor(() => expect(acts()).toEqual([{ act: 'open', reason: 'leak', former: OLD.item }]));
  });

  it('is off without a keychain, and tells the way out', async () => {
    show({ ...NO_CUSTODY, keychain: 'missing' });
    expect((await screen.findByTestId('custody-off')).textContent).toContain('GNOME Keyring');
    fireEvent.change(screen.getByLabelText('Why'), { target: { value: 'leak' } });
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Generate a new wallet' }).disabled).toBe(
      true,
    );
  });

  it('asks for the window in which a sealed package is opened, and gives nothing with it', async () => {
    const { acts } = show(NO_CUSTODY);
    fireEvent.click(await screen.findByRole('button', { name: 'Open a sealed package' }));
    await waitFor(() => expect(acts()).toEqual([{ act: 'receive' }]));
  });

  it('rehearses on throw-away keys, and marks what came of it as a rehearsal, the failed drills by name', async () => {
    const rehearsals = [
      {
        id: uuid(6),
        at: '2026-01-02T03:04:05.000Z',
        passed: 9,
        failed: ['Another cluster than Devnet is refused'],
      },
      { id: uuid(7), at: '2026-01-01T03:04:05.000Z', passed: 10, failed: [] },
    ];
    const { acts } = show({ ...NO_CUSTODY, rehearsals });
    const [failed, passed] = await screen.findAllByTestId('custody-rehearsal');
    expect(failed?.textContent).toMatch(/rehearsal.*9 of 10 drills.*Another cluster than Devnet/);
    fireEvent.click(screen.getByRole('button', { name: 'Rehearse a rotation' }));
    await waitFor(() => expect(acts()).toEqual([{ act: 'rehearse' }]));
    fireEvent.click(within(passed as HTMLElement).getByRole('button', { name: /^Save the record/ }));
    await waitFor(() => expect(acts().at(-1)).toEqual({ act: 'rehearsal', rehearsal: uuid(7) }));
  });

  it('sends a key to AWS by the ARN and the item of an access key, and says what happens there', async () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:payer-AbC123';
    const sealing = rotation({ done: ['generated'], next: 'sealed', abort: 'nothing', way: null });
    const accessKeys = [{ item: uuid(8), label: 'AWS importer' }];
    const { acts } = show({ ...NO_CUSTODY, accessKeys, current: sealing });
    const form = within(await screen.findByTestId('custody-to-aws'));
    const button = form.getByRole<HTMLButtonElement>('button', { name: 'Seal to AWS' });
    const field = form.getByLabelText('Or the secret at AWS that it goes to');
    fireEvent.change(field, { target: { value: arn.slice(0, -7) } });
    expect(button.disabled).toBe(true);
    fireEvent.change(field, { target: { value: arn } });
    fireEvent.click(button);
    await waitFor(() => expect(acts()).toEqual([{ act: 'seal-aws', secret: arn, credentials: uuid(8) }]));
  });

  it('says what a rotation to AWS does next, and where its key is', async () => {
    const done = ['generated', 'sealed'] as const;
    show({
      ...NO_CUSTODY,
      current: rotation({ done: [...done], next: 'imported', way: 'aws', abort: 'restore-secret' }),
    });
    const next = await screen.findByTestId('custody-step-imported');
    expect(next.textContent).toContain('under AWSPENDING');
    expect(screen.getByTestId('custody-abort').textContent).toContain('nothing has read it');
  });

  it('shows what is done, what comes next and what an abort costs, and asks for exactly the next step', async () => {
    const { acts } = show({ ...NO_CUSTODY, holder: { ...OLD, way: 'vault' }, current: rotation() });
    const next = await screen.findByTestId('custody-step-hydrated');
    expect(next.getAttribute('aria-current')).toBe('step');
    expect(next.textContent).toContain('All earlier payer sessions end');
    expect(screen.getByTestId('custody-step-sealed').textContent).toContain('done');
    expect(screen.getByTestId('custody-step-swept').textContent).toContain('later');
    expect(screen.getByTestId('custody-abort').textContent).toContain('has to be put back');
    const wallets = screen.getByTestId('custody-wallets');
    expect(wallets.textContent).toContain('one signing key');
    expect(within(wallets).getByText('New wallet')).toBeTruthy();
    fireEvent.click(within(next).getByRole('button', { name: 'Restart with the new key' }));
    await waitFor(() => expect(acts()).toEqual([{ act: 'hydrate' }]));
  });

  it('asks the node that was chosen, and has no abort once funds may be moving', async () => {
    const done = CEREMONY_STEPS.slice(0, 5);
    const { acts } = show({
      ...NO_CUSTODY,
      holder: { ...NEW, way: 'vault' },
      current: rotation({ done, next: 'swept', unfinished: true, abort: null, inFlight: ['5'.repeat(88)] }),
    });
    expect((await screen.findByTestId('custody-step-swept')).textContent).toContain('do it again to resume');
    expect(screen.getByTestId('custody-abort').textContent).toContain('too late');
    expect(screen.queryByRole('button', { name: 'Abort this rotation' })).toBeNull();
    fireEvent.change(screen.getByLabelText('Solana RPC address'), {
      target: { value: 'https://node.example' },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Sweep' }));
    await waitFor(() => expect(acts()).toEqual([{ act: 'sweep', rpc: 'https://node.example' }]));
  });

  const waiting = { done: CEREMONY_STEPS.slice(0, 6), next: 'sunset', abort: null } as const;

  it('proposes the retirement of the former wallet to a second person, naming both wallets', async () => {
    const { acts, fake } = show({
      ...NO_CUSTODY,
      holder: { ...NEW, way: 'vault' },
      current: rotation({ ...waiting, done: [...waiting.done] }),
    });
    const propose = await screen.findByRole<HTMLButtonElement>('button', { name: 'Propose the retirement' });
    await waitFor(() => expect(propose.disabled).toBe(false));
    fireEvent.click(propose);
    const dialog = await screen.findByTestId('retire-wallet');
    expect(dialog.textContent).toContain(OLD.address);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and propose' }));
    await screen.findByTestId('retire-wallet-done');
    expect(fake.calls('wallet-keys.retire')).toMatchObject([
      {
        body: {
          ...{ address: OLD.address, fingerprint: OLD.fingerprint, successor: NEW.fingerprint },
          reason: 'quarterly',
        },
      },
    ]);
    expect(acts()).toEqual([]);
  });

  it('has nothing to propose here when the key went to another service, nor for a first wallet', async () => {
    show({ ...NO_CUSTODY, current: rotation({ ...waiting, done: [...waiting.done], way: 'package' }) });
    expect((await screen.findByTestId('custody-retirement')).textContent).toContain('from there');
    expect(screen.queryByRole('button', { name: 'Propose the retirement' })).toBeNull();
    cleanup();
    show({ ...NO_CUSTODY, current: rotation({ ...waiting, done: [...waiting.done], former: null }) });
    await screen.findByTestId('custody-step-sunset');
    expect(screen.queryByTestId('custody-retirement')).toBeNull();
  });

  it('aborts with a reason, lists every copy with its proof, and saves the log of what has ended', async () => {
    const { acts } = show({
      ...NO_CUSTODY,
      current: rotation({ done: ['generated'], next: 'sealed', abort: 'nothing' }),
      copies: [
        { address: OLD.address, where: 'vault', detail: 'item', state: 'retired', proof: 'Destroyed here' },
        {
          address: NEW.address,
          where: 'shares',
          detail: 'shares',
          state: 'kept',
          proof: 'They open the vault',
        },
      ],
      ended: [rotation({ id: uuid(4), reason: 'first', next: null, ended: 'recorded', abort: null })],
    });
    const copies = (await screen.findAllByTestId('custody-copy')).map((row) => row.textContent ?? '');
    expect(copies.some((row) => row.includes('retired') && row.includes('Destroyed here'))).toBe(true);
    fireEvent.change(screen.getByLabelText('Why it is aborted'), { target: { value: 'wrong day' } });
    fireEvent.click(screen.getByRole('button', { name: 'Abort this rotation' }));
    await waitFor(() => expect(acts()).toEqual([{ act: 'abort', reason: 'wrong day' }]));
    fireEvent.click(screen.getByRole('button', { name: 'Save the change log of first' }));
    await waitFor(() => expect(acts()).toContainEqual({ act: 'change-log', ceremony: uuid(4) }));
  });

  it('says whether it has a network, and starts again without one when it is asked to', async () => {
    const { fake } = show(NO_CUSTODY, { 'custody.airGap': () => 'off', 'custody.enterAirGap': () => null });
    const section = await screen.findByTestId('custody-air-gap');
    fireEvent.click(within(section).getByRole('button', { name: 'Restart without a network' }));
    const entered = () => fake.asked.filter(({ channel }) => channel === 'custody.enterAirGap');
    await waitFor(() => expect(entered()).toHaveLength(1));
    cleanup();
    show(NO_CUSTODY, { 'custody.airGap': () => 'requested' });
    const requested = await screen.findByTestId('custody-air-gap');
    expect(requested.textContent).toContain('not enforced by the system');
    expect(within(requested).queryByRole('button')).toBeNull();
  });

  it('shows the least policy of a secret that is named whole, and what is wrong with a pasted one', async () => {
    show(NO_CUSTODY);
    const arn = await screen.findByLabelText('ARN of the secret');
    fireEvent.change(arn, {
      target: { value: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:payer' },
    });
    expect(screen.queryByTestId('custody-iam-policy')).toBeNull();
    fireEvent.change(arn, {
      target: { value: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:payer-AbC123' },
    });
    const policy = screen.getByTestId('custody-iam-policy').textContent ?? '';
    expect(policy).toContain('AWSCURRENT');
    fireEvent.change(screen.getByLabelText('Policy in use'), { target: { value: policy } });
    expect(screen.queryByTestId('custody-iam-findings')).toBeNull();
    expect(screen.getByTestId('custody-iam').textContent).toContain('nothing to take away');
    fireEvent.change(screen.getByLabelText('Role'), { target: { value: 'importer' } });
    expect(screen.getByTestId('custody-iam-findings').textContent).toContain('PutSecretValue is missing');
  });

  it('waits, and says why it is locked', async () => {
    show(never);
    expect(screen.getByText(/state of custody/)).toBeTruthy();
    cleanup();
    show(() => refusal('locked', 'The vault is locked. Unlock it and try again.'));
    expect((await screen.findAllByText(/The vault is locked/)).length).toBeGreaterThan(0);
  });
});

import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { CANARY, containmentOf, RULE, STOLEN } from '../../../tests/fixtures/screen/incidents.ts';
import { PROPOSAL } from '../../../tests/fixtures/screen/proposals.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, idOf, OPERATOR } from '../../../tests/fixtures/screen/samples.ts';
import type { IncidentPlace } from '../../stores/ui.ts';
import { IncidentsPage } from './page.tsx';

afterEach(cleanup);

const EVENT = idOf('evt', 1);
const ACCOUNT = { kind: 'account', id: idOf('acc', 7) } as const;

function at(place: Partial<IncidentPlace>, routes: Record<string, () => unknown>) {
  const fake = fakeDoor({ routes });
  const view = renderScreen(<IncidentsPage />, fake);
  view.stores.ui.showIncidents(place);
  return { ...view, fake };
}

describe('assuming that a credential is stolen', () => {
  it('is picked by kind and whole id; what is no id is not asked about', async () => {
    const { fake, stores } = at({ tab: 'stolen' }, { 'stolen.assume': () => ({ stolen: STOLEN }) });
    expect(await screen.findByTestId('no-credential')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Id'), { target: { value: 'sk-live-secret' } });
    fireEvent.click(screen.getByRole('button', { name: 'Show what it reaches' }));
    expect(screen.getByText('An id is three letters, _ and 26 characters.')).toBeTruthy();
    expect(fake.calls('stolen.assume')).toHaveLength(0);
    fireEvent.change(screen.getByLabelText('Id'), { target: { value: ` ${ACCOUNT.id} ` } });
    fireEvent.click(screen.getByRole('button', { name: 'Show what it reaches' }));
    expect(stores.ui.getState().incidents.credential).toEqual(ACCOUNT);
    expect(await screen.findByTestId('stolen')).toBeTruthy();
    expect(fake.calls('stolen.assume')[0]?.query).toEqual(ACCOUNT);
  });

  it('shows reach, possible spend and the plan, and changes nothing by looking', async () => {
    const { fake } = at(
      { tab: 'stolen', credential: ACCOUNT },
      { 'stolen.assume': () => ({ stolen: STOLEN }) },
    );
    expect((await screen.findByTestId('stolen')).textContent).toContain('good: it opens doors now');
    expect(screen.getByTestId('stolen-spend').querySelector('data')?.getAttribute('value')).toBe(
      '12.50000000',
    );
    expect(screen.getAllByTestId('plan-step').map((step) => step.textContent)).toEqual([
      expect.stringMatching(/All sessions of the account.*1$/),
      expect.stringMatching(/Keys of the account.*3$/),
    ]);
    expect(screen.getByTestId('reach-row').textContent).toContain('POST /api/v1/keys');
    expect(fake.calls('containments.order')).toHaveLength(0);
  });

  it('leads to each wallet that it spends from, to freeze it', async () => {
    const wallets = [
      { address: idOf('tmu', 7), available: '1.00000000' },
      { address: idOf('tma', 8), available: '11.50000000' },
    ];
    const stolen = { ...STOLEN, spend: { ...STOLEN.spend, wallets } };
    const { stores } = at({ tab: 'stolen', credential: ACCOUNT }, { 'stolen.assume': () => ({ stolen }) });
    fireEvent.click(await screen.findByRole('button', { name: `Open ${idOf('tma', 8)}` }));
    expect([stores.ui.getState().page, stores.ui.getState().wallet]).toEqual(['wallets', idOf('tma', 8)]);
  });

  it('says that nothing bounds the spend, and offers no containment of what no route revokes', async () => {
    const token = {
      ...STOLEN,
      kind: 'admin-token',
      id: '-',
      plan: [],
      spend: { ...STOLEN.spend, credits: null },
    };
    const credential = { kind: 'admin-token', id: '-' } as const;
    at({ tab: 'stolen', credential }, { 'stolen.assume': () => ({ stolen: token }) });
    expect((await screen.findByTestId('stolen-spend')).textContent).toContain('no figure bounds it');
    expect(screen.getByTestId('stolen-plan').textContent).toContain('No route revokes it');
    expect(screen.queryByRole('button', { name: 'Contain it' })).toBeNull();
  });

  it('says when there is no such credential', async () => {
    const absent = () => refusal('request-failed', 'there is no account of this id');
    at({ tab: 'stolen', credential: ACCOUNT }, { 'stolen.assume': absent });
    expect((await screen.findByTestId('error')).textContent).toContain('there is no account');
  });
});

describe('containing it', () => {
  const routes = {
    'stolen.assume': () => ({ stolen: STOLEN }),
    'containments.order': () => ({ containment: containmentOf(), eventId: EVENT }),
    'containments.list': () => ({ containments: [containmentOf()] }),
    'operators.list': () => ({ operators: [OPERATOR] }),
  };
  const sign = (dialog: HTMLElement) =>
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and contain victim@example.org' }));

  it('takes a reason and one signature over id and name, for the incident, and shows the progress', async () => {
    const place = { tab: 'stolen', credential: ACCOUNT, incident: idOf('inc', 1) } as const;
    const { fake, stores } = at(place, routes);
    fireEvent.click(await screen.findByRole('button', { name: 'Contain it' }));
    const dialog = await screen.findByTestId('contain');
    expect(dialog.textContent).toContain('Revokes 4 credentials');
    sign(dialog);
    expect(fake.calls('containments.order')).toHaveLength(0);
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'stolen' } });
    sign(dialog);
    const done = await screen.findByTestId('contain-done');
    expect(fake.calls('containments.order')[0]?.body).toEqual({
      ...ACCOUNT,
      name: 'victim@example.org',
      reason: 'stolen',
      incidentId: idOf('inc', 1),
    });
    fireEvent.click(within(done).getByRole('button', { name: 'Done' }));
    expect(stores.ui.getState().incidents.tab).toBe('containments');
    const one = await screen.findByTestId('containment');
    await waitFor(() => expect(one.textContent).toContain('Ordered by Mara'));
    expect(one.textContent).toContain('1 of 3 steps done, resumes by itself');
    expect(one.textContent).toMatch(/revoking.*Keys of the account.*2 revoked/);
  });

  it('does nothing when the person declines', async () => {
    const declined = () => refusal('declined', 'Declined.');
    at({ tab: 'stolen', credential: ACCOUNT }, { ...routes, 'containments.order': declined });
    fireEvent.click(await screen.findByRole('button', { name: 'Contain it' }));
    const dialog = await screen.findByTestId('contain');
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'stolen' } });
    sign(dialog);
    expect((await screen.findByTestId('signing-declined')).textContent).toContain('Nothing was sent');
    expect(screen.queryByTestId('contain-done')).toBeNull();
  });

  it('says that all is revoked only when every look has found nothing', async () => {
    const steps = containmentOf().steps.map((step) => ({ ...step, doneAt: AT }));
    const finished = containmentOf({ finishedAt: AT, steps });
    at({ tab: 'containments' }, { 'containments.list': () => ({ containments: [finished] }) });
    const one = await screen.findByTestId('containment');
    expect(one.textContent).toContain('all revoked');
    expect(one.textContent).not.toContain('resumes');
    cleanup();
    at({ tab: 'containments' }, { 'containments.list': () => ({ containments: [] }) });
    expect(await screen.findByTestId('empty-containments')).toBeTruthy();
  });
});

describe('a contained account', () => {
  const steps = containmentOf().steps.map((step) => ({ ...step, doneAt: AT }));
  const finished = containmentOf({ finishedAt: AT, steps });

  it('is released by a proposal that a second person approves', async () => {
    const proposal = PROPOSAL;
    const { fake } = at(
      { tab: 'containments' },
      {
        'containments.list': () => ({ containments: [finished] }),
        'containments.release': () => ({ proposal, eventId: EVENT }),
      },
    );
    const one = await screen.findByTestId('containment');
    expect(one.textContent).toContain('cannot sign in');
    const button = within(one).getByRole('button', { name: 'Release' }) as HTMLButtonElement;
    await waitFor(() => expect(button.disabled).toBe(false));
    fireEvent.click(button);
    const dialog = await screen.findByTestId('release');
    const sign = () => fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and propose' }));
    sign();
    expect(fake.calls('containments.release')).toHaveLength(0);
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'hers again' } });
    sign();
    expect((await screen.findByTestId('release-done')).textContent).toContain('another person’s signature');
    expect(fake.calls('containments.release')[0]).toMatchObject({
      params: { id: finished.id },
      body: { name: 'victim@example.org', reason: 'hers again' },
    });
  });

  it('is not released while anything is left to revoke, nor twice', async () => {
    at({ tab: 'containments' }, { 'containments.list': () => ({ containments: [containmentOf()] }) });
    const button = (await screen.findByRole('button', { name: 'Release' })) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    cleanup();
    const released = containmentOf({ finishedAt: AT, releasedAt: AT, steps });
    at({ tab: 'containments' }, { 'containments.list': () => ({ containments: [released] }) });
    expect((await screen.findByTestId('containment')).textContent).toContain('may sign in');
    expect(screen.queryByRole('button', { name: 'Release' })).toBeNull();
  });
});

describe('the rules', () => {
  it('are read as data and tried over history with another threshold', async () => {
    const result = {
      alerts: [
        {
          ...{ subject: ACCOUNT.id, firstAt: AT, lastAt: AT, quietAt: null },
          ...{ occurrences: 2, value: '31', threshold: '30', entries: [1] },
        },
      ],
      ...{ entries: 9000, complete: false, until: AT },
    };
    const { fake } = at(
      { tab: 'rules' },
      { 'alerts.rules': () => ({ rules: [RULE] }), 'alerts.dry-run': () => result },
    );
    fireEvent.click(await screen.findByRole('button', { name: `Read ${RULE.title}` }));
    expect(screen.getByTestId('rule-session-storm').textContent).toContain('"above":20');
    fireEvent.change(screen.getByLabelText('Another threshold'), { target: { value: 'many' } });
    const run = screen.getByRole('button', { name: 'Dry run over history' }) as HTMLButtonElement;
    expect(run.disabled).toBe(true);
    fireEvent.change(screen.getByLabelText('Another threshold'), { target: { value: '30' } });
    fireEvent.click(run);
    const said = await screen.findByTestId('dry-run');
    expect(said.textContent).toContain('1 alerts over 9,000 entries');
    expect(said.textContent).toContain('There are more');
    expect(said.textContent).toContain('31 above 30');
    expect(fake.calls('alerts.dry-run')[0]).toMatchObject({
      params: { rule: 'session-storm' },
      query: { above: 30 },
    });
  });
});

describe('canaries', () => {
  it('are planted by a signature, and the secret never reaches the screen', async () => {
    const { fake } = at(
      { tab: 'canaries' },
      {
        'canaries.list': () => ({ canaries: [CANARY] }),
        'canaries.plant': () => ({ canary: CANARY, eventId: EVENT, secret: 'th_not_for_the_screen' }),
      },
    );
    expect((await screen.findByTestId('canary-row')).textContent).toContain('used');
    fireEvent.click(screen.getByRole('button', { name: 'Plant a canary' }));
    const dialog = await screen.findByTestId('plant-canary');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and plant' }));
    expect(dialog.textContent).toContain('Say where');
    expect(fake.calls('canaries.plant')).toHaveLength(0);
    fireEvent.change(within(dialog).getByLabelText('Where it will lie'), { target: { value: 'a backup' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and plant' }));
    await waitFor(() => expect(screen.getByTestId('plant-done').textContent).toContain('trusted window'));
    expect(document.body.textContent).not.toContain('th_not_for_the_screen');
  });

  it('say what they are for where there is none', async () => {
    at({ tab: 'canaries' }, { 'canaries.list': () => ({ canaries: [] }) });
    expect((await screen.findByTestId('empty-canaries')).textContent).toContain('Plant one');
  });
});

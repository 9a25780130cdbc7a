import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Webhook, WebhookDelivery, WebhookState } from '../../../shared/http/webhook.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, idOf, OPERATOR } from '../../../tests/fixtures/screen/samples.ts';
import { IncidentsPage } from './page.tsx';

afterEach(cleanup);

const EVENT = idOf('evt', 1);
const URL_SET = 'https://alerts.example/hook';

const webhookOf = (change: Partial<Webhook> = {}): Webhook => ({
  ...{ id: idOf('whk', 1), url: URL_SET, setAt: AT, setBy: idOf('opr', 1) },
  ...{ failingSince: null, failures: 0, lastDeliveredAt: AT },
  ...change,
});
const deliveryOf = (n: number, change: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  ...{ eventId: idOf('evt', n), kind: 'alert.raised', at: AT, state: 'delivered', attempts: 1 },
  ...{ nextAt: null, doneAt: AT, error: null, status: 204 },
  ...change,
});
const stateOf = (change: Partial<WebhookState> = {}): WebhookState => ({
  ...{ webhook: webhookOf(), backlog: 0, oldestAt: null, dead: 0, deliveries: [deliveryOf(1)] },
  ...change,
});

function at(state: () => unknown, routes: Record<string, () => unknown> = {}) {
  const operators = () => ({ operators: [OPERATOR] });
  const fake = fakeDoor({ routes: { 'webhook.state': state, 'operators.list': operators, ...routes } });
  const view = renderScreen(<IncidentsPage />, fake);
  view.stores.ui.showIncidents({ tab: 'webhook' });
  return { ...view, fake };
}

const button = (name: string) => screen.findByRole('button', { name }) as Promise<HTMLButtonElement>;

describe('the webhook', () => {
  it('is set by a signature, and its secret never reaches the screen', async () => {
    const { fake } = at(() => stateOf({ webhook: null, deliveries: [] }), {
      'webhook.set': () => ({ webhook: webhookOf(), secret: 'whsec_not_for_the_screen', eventId: EVENT }),
    });
    expect((await screen.findByTestId('no-webhook')).textContent).toContain('told nowhere else');
    fireEvent.click(await button('Set the webhook'));
    const dialog = await screen.findByTestId('set-webhook');
    const type = (value: string) =>
      fireEvent.change(within(dialog).getByLabelText('Address'), { target: { value } });
    const sign = () => fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and set' }));
    for (const bad of [
      '',
      'alerts',
      'ftp://alerts.example/',
      `${URL_SET}?token=1`,
      'https://a:b@c.example/',
    ]) {
      type(bad);
      sign();
    }
    expect(dialog.textContent).toContain('An https address without user');
    expect(fake.calls('webhook.set')).toHaveLength(0);
    type(` ${URL_SET} `);
    sign();
    await waitFor(() =>
      expect(screen.getByTestId('set-webhook-done').textContent).toContain('trusted window'),
    );
    expect(fake.calls('webhook.set')[0]?.body).toEqual({ url: URL_SET });
    expect(document.body.textContent).not.toContain('not_for_the_screen');
  });

  it('says that it fails, what waits and what was given up, and tries that again', async () => {
    const failing = webhookOf({ failingSince: AT, failures: 9 });
    const deliveries = [
      deliveryOf(3, { state: 'pending', attempts: 2, error: 'timeout', status: null, doneAt: null }),
      deliveryOf(2, { state: 'dead', attempts: 20, error: 'status', status: 500 }),
    ];
    const state = () => stateOf({ webhook: failing, backlog: 1, oldestAt: AT, dead: 1, deliveries });
    const { fake } = at(state, { 'webhook.retry': () => ({ retried: 1, eventId: EVENT }) });
    expect((await screen.findByTestId('webhook-health')).textContent).toContain('fails, 9 calls in a row');
    expect(screen.getByTestId('webhook-backlog').textContent).toBe('1');
    expect(screen.getAllByTestId('delivery-row').map((row) => row.textContent)).toEqual([
      expect.stringMatching(/waits.*did not answer in time/),
      expect.stringMatching(/given up.*refused it \(500\)/),
    ]);
    fireEvent.click(await button('Try again what was given up'));
    await screen.findByTestId('webhook-sent');
    expect(fake.calls('webhook.retry')[0]?.body).toEqual({ webhookId: failing.id });
  });

  it('sends a test, or says why it did not', async () => {
    const { fake } = at(stateOf, {
      'webhook.test': () => refusal('request-failed', 'the webhook was set or removed since you read it'),
    });
    expect((await screen.findByTestId('webhook-health')).textContent).toContain('delivers');
    expect(screen.queryByRole('button', { name: 'Try again what was given up' })).toBeNull();
    fireEvent.click(await button('Send a test'));
    expect((await screen.findByRole('alert')).textContent).toContain('set or removed since');
    expect(fake.calls('webhook.test')).toHaveLength(1);
  });

  it('is removed with a reason, over the address that is shown', async () => {
    const { fake } = at(() => stateOf({ backlog: 3 }), {
      'webhook.remove': () => ({ dropped: 3, eventId: EVENT }),
    });
    fireEvent.click(await button('Remove'));
    const dialog = await screen.findByTestId('remove-webhook');
    expect(dialog.textContent).toContain('3 messages that wait are dropped');
    const sign = () => fireEvent.click(within(dialog).getByRole('button', { name: 'Sign and remove' }));
    sign();
    expect(fake.calls('webhook.remove')).toHaveLength(0);
    fireEvent.change(within(dialog).getByLabelText('Reason'), { target: { value: 'moved' } });
    sign();
    await screen.findByTestId('remove-webhook-done');
    const body = { webhookId: webhookOf().id, url: URL_SET, reason: 'moved' };
    expect(fake.calls('webhook.remove')[0]?.body).toEqual(body);
  });
});

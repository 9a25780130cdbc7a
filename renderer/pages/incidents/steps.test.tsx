import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { ModelPrice } from '../../../shared/http/tokenhall-admin.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { FOUND, incidentOf, TIMELINE } from '../../../tests/fixtures/screen/incidents.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { AT, idOf, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { IncidentsPage } from './page.tsx';

afterEach(cleanup);

const full = ({ routes }: { readonly routes: Record<string, () => unknown> }) =>
  fakeDoor({
    routes: {
      'incidents.list': () => ({ incidents: [incidentOf(1)] }),
      'incidents.timeline': () => TIMELINE,
      ...routes,
    },
  });
const open = (fake: ReturnType<typeof full>) => {
  const view = renderScreen(<IncidentsPage />, fake);
  view.stores.ui.showIncidents({ tab: 'incidents', incident: idOf('inc', 1) });
  return view;
};

describe('a step that no other screen signs', () => {
  const steps = (...routes: string[]) => ({
    'incidents.get': () => ({ ...FOUND, steps: routes.map((route) => ({ route, does: `Do ${route}.` })) }),
  });

  it('rotates the ledger key in place, over what becomes of the former one and a reason', async () => {
    const fake = full({ routes: steps('ledger.rotateKey') });
    fake.routes['ledger.rotateKey'] = () => ({ eventId: idOf('evt', 9) });
    open(fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Rotate the ledger key' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Sign and rotate' }));
    expect(fake.calls('ledger.rotateKey')).toHaveLength(0);
    fireEvent.change(screen.getByLabelText('The former key'), { target: { value: 'overlap' } });
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: ' a copy was found ' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign and rotate' }));
    expect(await screen.findByTestId('rotate-ledger-key-done')).toBeTruthy();
    expect(fake.calls('ledger.rotateKey').map(({ body }) => body)).toEqual([
      { former: 'overlap', reason: 'a copy was found' },
    ]);
  });

  it('rotates nothing for whoever may not sign, and says a refusal', async () => {
    const fake = full({ routes: steps('ledger.rotateKey') });
    fake.channels['enrolment.status'] = () => NOT_ENROLLED;
    open(fake);
    const button = await screen.findByRole('button', { name: 'Rotate the ledger key' });
    await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(true));
    cleanup();
    const refusing = full({ routes: steps('ledger.rotateKey') });
    refusing.routes['ledger.rotateKey'] = () => refusal('request-failed', 'A rotation is under way.');
    open(refusing);
    const ready = await screen.findByRole('button', { name: 'Rotate the ledger key' });
    await waitFor(() => expect((ready as HTMLButtonElement).disabled).toBe(false));
    fireEvent.click(ready);
    fireEvent.change(await screen.findByLabelText('Reason'), { target: { value: 'found' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign and rotate' }));
    expect(await screen.findByText(/A rotation is under way/)).toBeTruthy();
    expect(screen.queryByTestId('rotate-ledger-key-done')).toBeNull();
  });

  const priceOf = (n: number, model: string, change: Partial<ModelPrice> = {}): ModelPrice => ({
    ...{ id: idOf('prc', n), model, input: '0.00000100', output: '0.00000200', mediaTokens: 512 },
    ...{ effectiveFrom: new Date(0).toISOString(), createdAt: AT, createdBy: 'Mara' },
    ...change,
  });
  const priced = (prices: ModelPrice[], answer: () => unknown) =>
    full({ routes: { ...steps('prices.set'), 'prices.list': () => ({ prices }), 'prices.set': answer } });

  it('sets the price of a model from its newest one, and what images count stays as it was', async () => {
    const former = priceOf(1, 'big', { input: '9.00000000', mediaTokens: null });
    const prices = [priceOf(3, 'small', { mediaTokens: null }), priceOf(2, 'big'), former];
    const fake = priced(prices, () => ({ price: priceOf(4, 'big'), eventId: idOf('evt', 9) }));
    open(fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Set the price' }));
    fireEvent.change(await screen.findByLabelText('Model'), { target: { value: 'big' } });
    const output = screen.getByLabelText('Credits for a token of output');
    fireEvent.change(output, { target: { value: '0' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign and set' }));
    expect(await screen.findByText(/A number above zero/)).toBeTruthy();
    expect(fake.calls('prices.set')).toHaveLength(0);
    fireEvent.change(output, { target: { value: ' 0.00000900 ' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign and set' }));
    expect(await screen.findByTestId('set-price-done')).toBeTruthy();
    expect(fake.calls('prices.set').map(({ body }) => body)).toEqual([
      { model: 'big', input: '0.00000100', output: '0.00000900', mediaTokens: 512 },
    ]);
  });

  it('begins with the price in force, and says that another is set for later', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const prices = [
      priceOf(3, 'big', { input: '7.00000000', mediaTokens: null, effectiveFrom: later }),
      priceOf(2, 'big'),
      priceOf(1, 'unborn', { effectiveFrom: later }),
    ];
    const fake = priced(prices, () => ({ price: priceOf(4, 'big'), eventId: idOf('evt', 9) }));
    open(fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Set the price' }));
    fireEvent.change(await screen.findByLabelText('Model'), { target: { value: 'big' } });
    expect((screen.getByLabelText('Credits for a token of input') as HTMLInputElement).value).toBe(
      '0.00000100',
    );
    expect(screen.queryByRole('option', { name: 'unborn' })).toBeNull();
    expect((await screen.findByTestId('price-later')).textContent).toContain(later.slice(0, 10));
    fireEvent.click(screen.getByRole('button', { name: 'Sign and set' }));
    expect(await screen.findByTestId('set-price-done')).toBeTruthy();
    expect(fake.calls('prices.set').map(({ body }) => body)).toMatchObject([{ mediaTokens: 512 }]);
  });

  it('begins with no model, and takes no price above what the service takes', async () => {
    const fake = priced([priceOf(1, 'big')], () => ({ price: priceOf(4, 'big'), eventId: idOf('evt', 9) }));
    open(fake);
    fireEvent.click(await screen.findByRole('button', { name: 'Set the price' }));
    const model = (await screen.findByLabelText('Model')) as HTMLSelectElement;
    expect(model.value).toBe('');
    fireEvent.click(screen.getByRole('button', { name: 'Sign and set' }));
    expect(await screen.findByText('Choose the model that the alert is about.')).toBeTruthy();
    fireEvent.change(model, { target: { value: 'big' } });
    const input = screen.getByLabelText('Credits for a token of input');
    fireEvent.change(input, { target: { value: '10.00000001' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign and set' }));
    expect(await screen.findByText(/at most 10/)).toBeTruthy();
    expect(fake.calls('prices.set')).toHaveLength(0);
    fireEvent.change(input, { target: { value: '10' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign and set' }));
    expect(await screen.findByTestId('set-price-done')).toBeTruthy();
    expect(fake.calls('prices.set').map(({ body }) => body)).toMatchObject([{ model: 'big', input: '10' }]);
  });

  it('says why a price was not set', async () => {
    open(priced([priceOf(1, 'big')], () => refusal('request-failed', 'a token costs at most 10 credits')));
    fireEvent.click(await screen.findByRole('button', { name: 'Set the price' }));
    fireEvent.change(await screen.findByLabelText('Model'), { target: { value: 'big' } });
    fireEvent.click(await screen.findByRole('button', { name: 'Sign and set' }));
    expect((await screen.findByTestId('signing-request-failed')).textContent).toContain('at most 10 credits');
    expect(screen.queryByTestId('set-price-done')).toBeNull();
  });
});

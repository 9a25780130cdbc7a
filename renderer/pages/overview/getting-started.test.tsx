import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { ENROLLED, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { GettingStarted } from './getting-started.tsx';

afterEach(cleanup);

const show = (props: Parameters<typeof GettingStarted>[0]) =>
  renderScreen(<GettingStarted {...props} />, fakeDoor()).stores;
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });

describe('first steps', () => {
  it('lead from nothing to an operator, and offer no traffic before', () => {
    const stores = show({ enrolment: NOT_ENROLLED, entries: 1 });
    expect(button('Simulate traffic').disabled).toBe(true);
    expect(button('Create a key').disabled).toBe(true);
    fireEvent.click(button('Enrol'));
    expect(stores.ui.getState()).toMatchObject({ page: 'operators', intent: 'enrol' });
  });

  it('offer a key or simulated traffic, and say that it stays and how to keep it apart', () => {
    const stores = show({ enrolment: ENROLLED, entries: 3 });
    expect(screen.getByTestId('getting-started').textContent).toMatch(/SIMULATED.*for good.*--user-data-dir/);
    expect(screen.queryByRole('button', { name: 'Enrol' })).toBeNull();
    fireEvent.click(button('Simulate traffic'));
    expect(stores.ui.getState()).toMatchObject({ page: 'operators', intent: 'invite' });
    fireEvent.click(button('Read along'));
    expect(stores.ui.getState().help).toEqual({ doc: 'first-hour' });
  });

  it('are gone once there is something to see, and not shown before it is known', () => {
    show({ enrolment: ENROLLED, entries: 25 });
    show({ enrolment: ENROLLED, entries: undefined });
    show({ enrolment: undefined, entries: 1 });
    expect(screen.queryByTestId('getting-started')).toBeNull();
  });
});

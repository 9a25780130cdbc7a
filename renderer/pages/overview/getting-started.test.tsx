import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { renderScreen } from '../../../tests/fixtures/screen/render.tsx';
import { ENROLLED, NOT_ENROLLED } from '../../../tests/fixtures/screen/samples.ts';
import { GettingStarted } from './getting-started.tsx';

afterEach(cleanup);

type Props = Omit<Parameters<typeof GettingStarted>[0], 'isPractice'>;

const show = (props: Props, isPractice = false, fake = fakeDoor()) =>
  renderScreen(<GettingStarted {...props} isPractice={isPractice} />, fake).stores;
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });

describe('first steps', () => {
  it('lead from nothing to an operator, and to a practice console at any time', () => {
    const stores = show({ enrolment: NOT_ENROLLED, entries: 1 });
    expect(button('Open a practice console').disabled).toBe(false);
    expect(button('Create a key').disabled).toBe(true);
    fireEvent.click(button('Enrol'));
    expect(stores.ui.getState()).toMatchObject({ page: 'operators', intent: 'enrol' });
  });

  it('keep simulated traffic in a console of its own, and say whether that one opens', async () => {
    const opens = fakeDoor({ channels: { 'practice.open': async () => null } });
    const stores = show({ enrolment: ENROLLED, entries: 3 }, false, opens);
    expect(screen.getByTestId('getting-started').textContent).toMatch(/SIMULATED.*never meets real data/);
    expect(screen.queryByRole('button', { name: 'Enrol' })).toBeNull();
    fireEvent.click(button('Open a practice console'));
    expect((await screen.findByTestId('practice-opened')).textContent).toContain('a window of its own');
    fireEvent.click(button('Read along'));
    expect(stores.ui.getState().help).toEqual({ doc: 'first-hour' });
    cleanup();
    const refuses = fakeDoor({
      channels: { 'practice.open': () => refusal('not-available', 'The air gap is on.') },
    });
    show({ enrolment: ENROLLED, entries: 3 }, false, refuses);
    fireEvent.click(button('Open a practice console'));
    expect((await screen.findByRole('alert')).textContent).toContain('The air gap is on.');
  });

  it('open no second practice console from a practice console, whose simulator stands above them', () => {
    show({ enrolment: ENROLLED, entries: 3 }, true);
    expect(screen.queryByRole('button', { name: 'Open a practice console' })).toBeNull();
    expect(screen.getByTestId('getting-started').textContent).toContain('Run the simulator above');
  });

  it('are gone once there is something to see, and not shown before it is known', () => {
    show({ enrolment: ENROLLED, entries: 25 });
    show({ enrolment: ENROLLED, entries: undefined });
    show({ enrolment: undefined, entries: 1 });
    expect(screen.queryByTestId('getting-started')).toBeNull();
  });
});

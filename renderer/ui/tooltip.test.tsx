import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RelativeTime } from './time.tsx';
import { useNow } from './use-now.ts';

const AT = '2026-01-02T03:04:05.678Z';
const UTC = '2026-01-02 03:04:05.678 UTC';

beforeEach(() => vi.useFakeTimers({ now: new Date(AT).getTime() + 60_000 }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const Age = () => <RelativeTime at={AT} now={useNow()} />;
const button = () => screen.getByRole('button', { name: /ago/ });
const shown = () => screen.queryByText(UTC) !== null;
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

describe('a tooltip', () => {
  it('tells a screen reader what it says, and is not there before it is asked for', () => {
    render(<Age />);
    expect(button().textContent).toBe(`1 min ago (${UTC})`);
    expect(shown()).toBe(false);
  });

  it('opens on keyboard focus, and closes on Escape and when focus leaves', () => {
    render(<Age />);
    act(() => button().focus());
    expect(shown()).toBe(true);
    fireEvent.keyDown(button(), { key: 'Escape' });
    expect(shown()).toBe(false);
    act(() => button().blur());
    act(() => button().focus());
    expect(shown()).toBe(true);
    act(() => button().blur());
    expect(shown()).toBe(false);
  });

  it('opens under a pointer that stays, not under one that passes, and stays while the pointer is on its words', () => {
    render(<Age />);
    fireEvent.pointerEnter(button());
    pass(100);
    fireEvent.pointerLeave(button());
    pass(500);
    expect(shown()).toBe(false);
    fireEvent.pointerEnter(button());
    pass(200);
    expect(shown()).toBe(true);
    fireEvent.pointerLeave(button());
    fireEvent.pointerEnter(screen.getByText(UTC));
    pass(500);
    expect(shown()).toBe(true);
    fireEvent.pointerLeave(screen.getByText(UTC));
    pass(500);
    expect(shown()).toBe(false);
  });
});

describe('the present', () => {
  it('is one timer for all who show it, which goes with the last of them', () => {
    const { rerender, unmount } = render([1, 2, 3].map((key) => <Age key={key} />));
    expect(vi.getTimerCount()).toBe(1);
    pass(60_000);
    expect(screen.getAllByText('2 min ago')).toHaveLength(3);
    rerender([<Age key={1} />]);
    expect(vi.getTimerCount()).toBe(1);
    unmount();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is never what it was when somebody looked last', () => {
    render(<Age />).unmount();
    vi.setSystemTime(new Date(AT).getTime() + 3_600_000);
    render(<Age />);
    expect(screen.getByText('1 h ago')).toBeTruthy();
  });
});

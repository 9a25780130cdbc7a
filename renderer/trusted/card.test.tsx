import { act, cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cardMessage, errorMessage, openWindow } from '../../tests/fixtures/trusted-window.tsx';

const FIELDS = [
  { label: 'label', value: 'billing' },
  { label: 'requestsPerMinute', value: '60' },
];
const CARD = cardMessage(FIELDS);
const pass = (milliseconds: number) => act(() => void vi.advanceTimersByTime(milliseconds));
const visibility = (state: 'visible' | 'hidden') =>
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['requestAnimationFrame', 'cancelAnimationFrame', 'performance'] });
  visibility('visible');
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('the signing card', () => {
  it('shows what is signed: effect, request, fields, hash and key', () => {
    openWindow('card', CARD);
    const text = document.body.textContent ?? '';
    for (const part of [
      'Create an inference key',
      'Sensitive',
      'Whoever holds the new key',
      'POST',
      '/api/keys',
    ])
      expect(text).toContain(part);
    expect(screen.getByRole('row', { name: 'label billing' })).toBeTruthy();
    expect(screen.getByRole('row', { name: 'requestsPerMinute 60' })).toBeTruthy();
    expect(text).toContain('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08');
    expect(screen.getAllByTestId('fingerprint')).toHaveLength(2);
  });

  it('of an approval says that it is the second signature', () => {
    const { request, type } = CARD as Extract<typeof CARD, { type: 'card' }>;
    const card = { ...request.card, route: 'proposals.approve', risk: 'critical' } as const;
    openWindow('card', { type, request: { ...request, card } });
    expect(document.body.textContent).toContain('yours is the second signature');
    cleanup();
    openWindow('card', { type, request: { ...request, card: { ...request.card, risk: 'critical' } } });
    expect(document.body.textContent).toContain('a second person must approve');
  });

  it('signs when it has been in view for a moment', () => {
    const window = openWindow('card', CARD);
    expect(window.button('Sign').disabled).toBe(true);
    pass(600);
    expect(window.button('Sign').disabled).toBe(true);
    pass(200);
    window.press('Sign');
    expect(window.said()).toEqual([{ type: 'card-decision', id: 's1', decision: 'sign' }]);
  });

  it('does not count the time that it was hidden', () => {
    const window = openWindow('card', CARD);
    pass(600);
    visibility('hidden');
    pass(5000);
    visibility('visible');
    pass(300);
    expect(window.button('Sign').disabled).toBe(true);
    pass(600);
    expect(window.button('Sign').disabled).toBe(false);
  });

  it('starts on Decline, so that an Enter meant for another window does not sign', () => {
    const window = openWindow('card', CARD);
    pass(1000);
    expect(document.activeElement).toBe(window.button('Decline'));
    window.press('Decline');
    expect(window.said()).toEqual([{ type: 'card-decision', id: 's1', decision: 'decline' }]);
  });

  it('is declined by Escape, and decided once', () => {
    const window = openWindow('card', CARD);
    pass(1000);
    fireEvent.keyDown(globalThis.window, { key: 'Escape' });
    fireEvent.keyDown(globalThis.window, { key: 'Escape' });
    expect(window.button('Sign').disabled).toBe(true);
    expect(window.said()).toEqual([{ type: 'card-decision', id: 's1', decision: 'decline' }]);
  });

  it('is signed only after its end has been in view', () => {
    vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockReturnValue(2000);
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(500);
    const window = openWindow('card', CARD);
    pass(1000);
    expect(window.button('Sign').disabled).toBe(true);
    expect(screen.getByText('Scroll to the end to sign')).toBeTruthy();
    const box = document.querySelector('.card');
    if (!box) throw new Error('the card has a box');
    box.scrollTop = 1500;
    fireEvent.scroll(box);
    expect(window.button('Sign').disabled).toBe(false);
  });

  it('writes out characters that hide or turn text', () => {
    openWindow(
      'card',
      cardMessage([
        { label: 'label', value: 'a\u202eb\u200bc\u0000' },
        { label: 'empty', value: '' },
      ]),
    );
    expect(screen.getByText('a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩')).toBeTruthy();
    expect(screen.getByText('(empty)')).toBeTruthy();
  });

  it('says that a card is gone, and offers no button', () => {
    openWindow('card', errorMessage('unexpected', 'This card has been decided.'));
    expect(screen.getByRole('alert').textContent).toContain('has been decided');
    expect(screen.queryByRole('button')).toBeNull();
  });
});

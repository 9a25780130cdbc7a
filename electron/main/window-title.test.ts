import { describe, expect, it } from 'vitest';
import { windowTitle } from './window-title.ts';

const serving = { api: 'http://127.0.0.1:4180', state: 'running' } as const;

describe('the title bar', () => {
  it('names the service, and what it is doing while it does not serve', () => {
    expect(windowTitle('off', serving)).toBe('Sallyport: bundled service at http://127.0.0.1:4180');
    expect(windowTitle('off', { api: null, state: 'starting' })).toBe('Sallyport: bundled service, starting');
  });

  it('says first that there is an air gap, and never that the system enforces what it does not', () => {
    expect(windowTitle('enforced', serving)).toBe('Sallyport: air gap, this console has no network');
    expect(windowTitle('requested', serving)).toBe(
      'Sallyport: air gap requested, not enforced by the system',
    );
  });
});

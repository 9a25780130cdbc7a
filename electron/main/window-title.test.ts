import { describe, expect, it } from 'vitest';
import { windowTitle } from './window-title.ts';

const serving = { api: 'http://127.0.0.1:4180', state: 'running' } as const;

const bundled = { kind: 'bundled', name: 'Bundled service', host: null } as const;

describe('the title bar', () => {
  it('names a remote service and where it is', () => {
    const on = { kind: 'remote', name: 'Production', host: 'ops.example.org' } as const;
    expect(windowTitle('off', serving, on)).toBe('Sallyport: remote service Production at ops.example.org');
    const gone = { kind: 'simulated', name: 'Rehearsal', host: null } as const;
    expect(windowTitle('off', serving, gone)).toBe('Sallyport: simulated service Rehearsal');
    expect(windowTitle('enforced', serving, on)).toContain('air gap');
  });

  it('names the service, and what it is doing while it does not serve', () => {
    expect(windowTitle('off', serving, bundled)).toBe('Sallyport: bundled service at http://127.0.0.1:4180');
    expect(windowTitle('off', { api: null, state: 'starting' }, bundled)).toBe(
      'Sallyport: bundled service, starting',
    );
  });

  it('says first that there is an air gap, and never that the system enforces what it does not', () => {
    expect(windowTitle('enforced', serving, bundled)).toBe('Sallyport: air gap, this console has no network');
    expect(windowTitle('requested', serving, bundled)).toBe(
      'Sallyport: air gap requested, not enforced by the system',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { windowTitle } from './window-title.ts';

const serving = { api: 'http://127.0.0.1:4180', state: 'running' } as const;

const real = (airGap: 'off' | 'enforced' | 'requested') => ({ airGap, isPractice: false });

const bundled = { kind: 'bundled', name: 'Bundled service', host: null } as const;

describe('the title bar', () => {
  it('names a remote service and where it is', () => {
    const on = { kind: 'remote', name: 'Production', host: 'ops.example.org' } as const;
    expect(windowTitle(real('off'), serving, on)).toBe(
      'Sallyport: remote service Production at ops.example.org',
    );
    const gone = { kind: 'simulated', name: 'Rehearsal', host: null } as const;
    expect(windowTitle(real('off'), serving, gone)).toBe('Sallyport: simulated service Rehearsal');
    expect(windowTitle(real('enforced'), serving, on)).toContain('air gap');
  });

  it('names the service, and what it is doing while it does not serve', () => {
    expect(windowTitle(real('off'), serving, bundled)).toBe(
      'Sallyport: bundled service at http://127.0.0.1:4180',
    );
    expect(windowTitle(real('off'), { api: null, state: 'starting' }, bundled)).toBe(
      'Sallyport: bundled service, starting',
    );
  });

  it('says first that there is an air gap, and never that the system enforces what it does not', () => {
    expect(windowTitle(real('enforced'), serving, bundled)).toBe(
      'Sallyport: air gap, this console has no network',
    );
    expect(windowTitle(real('requested'), serving, bundled)).toBe(
      'Sallyport: air gap requested, not enforced by the system',
    );
  });

  it('says of a practice console that it is one, before all else and whatever it is doing', () => {
    for (const airGap of ['off', 'enforced'] as const)
      expect(windowTitle({ airGap, isPractice: true }, serving, bundled)).toMatch(
        /^Practice console, sample data only\. Sallyport/,
      );
    expect(windowTitle(real('off'), serving, bundled)).not.toMatch(/practice/i);
  });
});

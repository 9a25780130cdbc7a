import { describe, expect, it } from 'vitest';
import { PackagingError } from './packaging-error.mjs';
import { mayShip, mustSign, targetsOf } from './signing.mjs';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof PackagingError) return error.code;
    throw error;
  }
  return 'allowed';
};

const APPLE = { APPLE_API_KEY: 'f', APPLE_API_KEY_ID: 'i', APPLE_API_ISSUER: 'u' };

describe('what leaves the machine is signed', () => {
  it('signs on macOS and Windows when everything is there', () => {
    const mac = { ...APPLE, CSC_LINK: 'f', CSC_KEY_PASSWORD: 'p' };
    expect(mustSign({ platform: 'darwin', targets: ['dmg'], env: mac })).toBe(true);
    expect(mustSign({ platform: 'darwin', targets: ['dmg'], env: { ...APPLE, CSC_NAME: 'n' } })).toBe(true);
    const windows = { WIN_CSC_LINK: 'f', WIN_CSC_KEY_PASSWORD: 'p' };
    expect(mustSign({ platform: 'win32', targets: ['nsis'], env: windows })).toBe(true);
  });

  it.each([
    ['darwin', 'dmg', {}],
    ['darwin', 'dmg', { CSC_NAME: 'n' }],
    ['darwin', 'dmg', { ...APPLE, CSC_LINK: 'f' }],
    ['darwin', 'dmg', { ...APPLE, CSC_LINK: 'f', CSC_KEY_PASSWORD: '' }],
    ['win32', 'nsis', { WIN_CSC_LINK: 'f' }],
  ] as const)('refuses on %s a %s that would be unsigned: %j', (platform, target, env) => {
    expect(codeOf(() => mustSign({ platform, targets: [target], env }))).toBe('signing-missing');
    expect(codeOf(() => mustSign({ platform, targets: ['dir', target], env }))).toBe('signing-missing');
  });

  it('names what is missing and never a value', () => {
    const env = { CSC_LINK: 'the-certificate', CSC_KEY_PASSWORD: '' };
    expect(() => mustSign({ platform: 'darwin', targets: ['dmg'], env })).toThrow(
      /CSC_KEY_PASSWORD.*\n.*APPLE_API_KEY/,
    );
    expect(() => mustSign({ platform: 'darwin', targets: ['dmg'], env })).not.toThrow(/the-certificate/);
  });

  it('leaves a folder for trying out unsigned, and Linux to the release manifest', () => {
    expect(mustSign({ platform: 'darwin', targets: ['dir'], env: {} })).toBe(false);
    expect(mustSign({ platform: 'linux', targets: ['AppImage', 'deb'], env: {} })).toBe(false);
  });
});

describe('the runtime of what leaves the machine', () => {
  it.each(['carried', 'given'])('is never a %s one', (source) => {
    for (const target of ['AppImage', 'deb', 'dmg', 'nsis'] as const)
      expect(codeOf(() => mayShip({ source }, ['dir', target]))).toBe('runtime-not-for-shipping');
    expect(codeOf(() => mayShip({ source }, ['dir']))).toBe('allowed');
  });

  it('is the official release', () => {
    expect(codeOf(() => mayShip({ source: 'official' }, ['AppImage', 'deb']))).toBe('allowed');
  });
});

describe('targets', () => {
  it('are those of this system, in any case, and a folder when none is named', () => {
    expect(targetsOf([], 'linux')).toEqual(['dir']);
    expect(targetsOf(['appimage', 'deb'], 'linux')).toEqual(['AppImage', 'deb']);
    expect(codeOf(() => targetsOf(['dmg'], 'linux'))).toBe('target-unknown');
    expect(codeOf(() => targetsOf(['rpm'], 'linux'))).toBe('target-unknown');
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { carriedName } from './electron-carried.mjs';
import { checkNode } from './node.mjs';
import { packagesAreCurrent } from './packages.mjs';
import { missingOf } from './system.mjs';

describe('the Node version', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.11.1'])('%s will do', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  it.each(['18.20.0', '20.18.3'])('%s is refused, with what to do', (version) => {
    expect(() => checkNode(version)).toThrow(expect.objectContaining({ code: 'node-too-old' }));
  });
});

describe('the installed packages', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'packages-'));
    mkdirSync(join(root, 'node_modules'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const entry = (version: string, more: object = {}) => ({
    version,
    integrity: `sha512-${version}`,
    ...more,
  });
  const write = (path: string, packages: object): void =>
    writeFileSync(join(root, path), JSON.stringify({ packages: { '': {}, ...packages } }));
  const locked = (packages: object) => write('package-lock.json', packages);
  const installed = (packages: object) => write('node_modules/.package-lock.json', packages);

  it('are current when they are what the lock file says', () => {
    locked({ 'node_modules/a': entry('1.0.0') });
    installed({ 'node_modules/a': entry('1.0.0') });
    expect(packagesAreCurrent(root)).toBe(true);
  });

  it('may lack an optional package of another platform, or have one of this', () => {
    locked({ 'node_modules/a': entry('1.0.0'), 'node_modules/a-mac': entry('1.0.0', { optional: true }) });
    installed({
      'node_modules/a': entry('1.0.0'),
      'node_modules/a-linux': entry('1.0.0', { optional: true }),
    });
    expect(packagesAreCurrent(root)).toBe(true);
  });

  it.each([
    ['another version', { 'node_modules/a': entry('1.0.1') }],
    ['other content', { 'node_modules/a': { ...entry('1.0.0'), integrity: 'sha512-else' } }],
    ['one too few', {}],
    ['one too many', { 'node_modules/a': entry('1.0.0'), 'node_modules/b': entry('1.0.0') }],
  ])('are not current with %s', (_what, present) => {
    locked({ 'node_modules/a': entry('1.0.0') });
    installed(present);
    expect(packagesAreCurrent(root)).toBe(false);
  });

  it('are not current before the first installation', () => {
    locked({});
    expect(packagesAreCurrent(root)).toBe(false);
  });
});

describe('the missing Debian packages', () => {
  const both = { desktop: true, session: true, tests: false };
  const newest = ['libgtk-3-0t64', 'libnss3', 'libgbm1', 'libasound2t64', 'libsecret-1-0'];
  const session = ['xvfb', 'dbus', 'gnome-keyring', 'fonts-dejavu-core'];
  const fonts = ['fonts-inter', 'fonts-jetbrains-mono'];

  it('are all of them on a bare system, with the faces of the screens beside what is required', () => {
    const { required, fonts: faces } = missingOf(both, new Set());
    expect(required.map(([name]) => name)).toEqual([...newest, ...session]);
    expect(faces).toEqual(fonts.map((name) => [name]));
  });

  it.each([
    ['with the newest names', newest],
    ['with the names before the 64-bit time', newest.map((name) => name.replace('t64', ''))],
  ])('are none when they are there %s', (_what, libraries) => {
    const installed = new Set([...libraries, ...session, ...fonts]);
    expect(missingOf(both, installed)).toEqual({ required: [], fonts: [], clock: [] });
  });

  it('are not required when only the faces are missing', () => {
    const { required, fonts: faces } = missingOf(both, new Set([...newest, ...session, 'fonts-inter']));
    expect(required).toEqual([]);
    expect(faces).toEqual([['fonts-jetbrains-mono']]);
  });

  it('are none for the service alone', () => {
    const alone = { desktop: false, session: false, tests: false };
    expect(missingOf(alone, new Set())).toEqual({ required: [], fonts: [], clock: [] });
  });

  it('are a Redis as well for tests, which no other command needs', () => {
    const tests = { desktop: false, session: false, tests: true };
    expect(missingOf(tests, new Set()).required).toEqual([['redis-server']]);
    expect(missingOf(tests, new Set(['redis-server'])).required).toEqual([]);
    expect(missingOf(both, new Set()).required.flat()).not.toContain('redis-server');
    expect(missingOf(tests, new Set()).clock).toEqual([['libfaketime']]);
    expect(missingOf(tests, new Set(['libfaketime'])).clock).toEqual([]);
    expect(missingOf(both, new Set()).clock).toEqual([]);
  });
});

describe('the carried Electron', () => {
  it.each([
    ['Cypress/Cypress', 'electron'],
    ['Cypress/locales/en-US.pak', 'locales/en-US.pak'],
    ['Cypress/resources/app/index.js', undefined],
    ['Cypress/browser_v8_context_snapshot.bin', undefined],
    ['elsewhere/electron', undefined],
  ])('%s is unpacked as %s', (name, expected) => {
    expect(carriedName(name)).toBe(expected);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { carriedName } from './electron-carried.mjs';
import { checkNode } from './node.mjs';
import { packagesAreCurrent } from './packages.mjs';

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

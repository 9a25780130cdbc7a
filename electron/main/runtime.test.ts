import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appInfo, VERSION } from './runtime.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'));
const running = (electron: string) =>
  appInfo({
    version: '1',
    platform: 'linux',
    packaged: false,
    versions: { electron, chrome: '1', node: '1' },
  });

describe('the runtime', () => {
  it('runs the version of this repository', () => expect(VERSION).toBe(manifest.version));

  it('is a release exactly when it is the one that package.json pins', () => {
    expect(running(manifest.devDependencies.electron).runtime).toBe('release');
    expect(running('33.2.1').runtime).toBe('development');
    expect(appInfo({ version: '1', platform: 'linux', packaged: true, versions: {} }).runtime).toBe(
      'development',
    );
  });
});

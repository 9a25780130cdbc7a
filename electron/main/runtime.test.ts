import { describe, expect, it } from 'vitest';
import { devDependencies, version } from '../../package.json';
import { appInfo } from './runtime.ts';

const running = (electron?: string) =>
  appInfo({
    platform: 'linux',
    ...{ packaged: true, practice: false },
    versions: electron ? { electron, chrome: '1', node: '1' } : {},
  });

describe('the runtime', () => {
  it('is a release exactly when it is the one that is pinned', () => {
    expect(running(devDependencies.electron)).toMatchObject({ version, runtime: 'release' });
    expect(running('33.2.1').runtime).toBe('development');
    expect(running().runtime).toBe('development');
  });
});

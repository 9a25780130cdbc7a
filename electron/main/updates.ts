import { join } from 'node:path';
import { createUpdates } from '../updates/channel.ts';
import { RELEASE_CHANNEL, RELEASE_KEYS } from '../updates/release-keys.ts';
import { VERSION } from './runtime.ts';

/** The update channel on this machine. @param root the data folder */
export const openUpdates = (root: string, choose: (title: string) => Promise<string | null>) =>
  createUpdates({
    ...{ keys: RELEASE_KEYS, channel: RELEASE_CHANNEL, version: VERSION },
    ...{ platform: process.platform, arch: process.arch, folder: join(root, 'updates') },
    now: () => new Date(),
    choose,
  });

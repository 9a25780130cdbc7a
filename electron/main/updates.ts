import { join } from 'node:path';
import type { Channel } from '../diagnostics/updates.ts';
import { createUpdates, floorPath } from '../updates/channel.ts';
import { readFloor } from '../updates/floor.ts';
import { RELEASE_CHANNEL, RELEASE_KEYS } from '../updates/release-keys.ts';
import { VERSION } from './runtime.ts';

const folderIn = (root: string): string => join(root, 'updates');

/** The update channel on this machine. @param root the data folder */
export const openUpdates = (root: string, choose: (title: string) => Promise<string | null>) =>
  createUpdates({
    ...{ keys: RELEASE_KEYS, channel: RELEASE_CHANNEL, version: VERSION },
    ...{ platform: process.platform, arch: process.arch, folder: folderIn(root) },
    now: () => new Date(),
    choose,
  });

/** The same channel as the self-attestation tells it. */
export const updateChannel = (root: string): Channel => ({
  name: RELEASE_CHANNEL,
  keyIds: RELEASE_KEYS.map(({ id }) => id),
  floor: () => readFloor(floorPath(folderIn(root)))?.sequence ?? null,
});

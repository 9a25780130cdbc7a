import type { ReleaseKey } from './manifest.ts';

/**
 * Public halves of the keys that sign releases, 32 bytes in base64url; `node build/release.mjs new-key FILE` makes a pair. None is pinned
 * yet, so the channel is closed: a console that trusted whatever key came along would be worse than one without updates.
 */
export const RELEASE_KEYS: readonly ReleaseKey[] = [];

export const RELEASE_CHANNEL = 'stable';

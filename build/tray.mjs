import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLATE, pixelsOf, pngOf, SIGNS } from './icons/draw.mjs';
import { ROOT } from './paths.mjs';

// Draws resources/tray anew: `node build/tray.mjs`, after a change of build/icons/draw.mjs. A test holds the files against the drawing.
for (const state of /** @type {(keyof typeof SIGNS)[]} */ (Object.keys(SIGNS)))
  for (const scale of [1, 2])
    writeFileSync(
      join(ROOT, 'resources', 'tray', `${state}${scale === 1 ? '' : '@2x'}.png`),
      pngOf(pixelsOf(state, scale), PLATE * scale),
    );

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { EXTERNALS } from './build/externals.ts';

// electron-vite keeps the URL of a bundled configuration, but not its `dirname`.
const at = (path: string): string => resolve(fileURLToPath(new URL('.', import.meta.url)), path);

/** Electron 33 (the development runtime of a network without GitHub) carries Node 20.18 and Chromium 130. */
const NODE_TARGET = 'node20.18';
const BROWSER_TARGET = 'chrome130';

/**
 * The console tells its version and the runtime it is pinned to. The rest of the manifest says what developers use, and stays out of
 * what is shipped.
 */
const shortManifest: Plugin = {
  name: 'short-manifest',
  enforce: 'pre',
  transform(code, id) {
    if (id !== at('package.json')) return null;
    const { version, devDependencies } = JSON.parse(code);
    return JSON.stringify({ version, devDependencies: { electron: devDependencies.electron } });
  },
};

/** The tray takes its icons from files: they lie beside the bundle. */
const trayIcons: Plugin = {
  name: 'tray-icons',
  generateBundle() {
    for (const name of readdirSync(at('resources/tray')))
      this.emitFile({
        type: 'asset',
        fileName: `tray/${name}`,
        source: readFileSync(at(`resources/tray/${name}`)),
      });
  },
};

/** The developer's diagnostics are asked for by this variable, and `npm run package` never asks. */
const isForDeveloper = process.env.SALLYPORT_DEVELOPER === '1';

/** Without it, what stands in their place does nothing, and neither they nor `@electron/remote` enter the bundle. */
const withoutDeveloper: Plugin = {
  name: 'without-developer',
  enforce: 'pre',
  resolveId: (source) => (source.endsWith('/developer/open.ts') ? at('electron/developer/absent.ts') : null),
};

export default defineConfig({
  main: {
    plugins: [shortManifest, trayIcons, ...(isForDeveloper ? [] : [withoutDeveloper])],
    build: {
      outDir: 'out/main',
      target: NODE_TARGET,
      externalizeDeps: false,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: {
          main: at('electron/main/main.ts'),
          keeper: at('electron/keeper/keeper.ts'),
          verifier: at('electron/evidence/verifier.ts'),
        },
        external: [...EXTERNALS, /^@electron\/remote(\/|$)/],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: NODE_TARGET,
      externalizeDeps: false,
      // A sandboxed preload cannot require a sibling chunk: each is one complete file.
      isolatedEntries: true,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: {
          app: at('electron/preload/app.ts'),
          trusted: at('electron/preload/trusted.ts'),
          ...(isForDeveloper ? { developer: at('electron/preload/developer.ts') } : {}),
        },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    // Served from app://, so absolute paths belong to the application's own origin.
    base: '/',
    publicDir: false,
    plugins: [react(), tailwindcss()],
    build: {
      outDir: at('out/renderer'),
      target: BROWSER_TARGET,
      // electron-vite leaves it out; the first screen is 279 kB (gzip) without and 170 kB with.
      minify: true,
      // The trusted windows share no chunk with the application: their code can be read and measured alone.
      isolatedEntries: true,
      // Inlined assets would need data: in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: { index: at('renderer/index.html'), trusted: at('renderer/trusted.html') },
      },
    },
  },
});

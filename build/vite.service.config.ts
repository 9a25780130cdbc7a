import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig } from 'vite';
import { EXTERNALS } from './externals.ts';

const root = resolve(import.meta.dirname, '..');
const ENTRY = /^(.+)\.entry\.ts$/;

/** `service/app/api.entry.ts` becomes `out/service/api.js`, `tools/bench/bench.entry.ts` becomes `out/tools/bench.js`. */
const entriesOf = (plane: string, folder: string): [string, string][] => {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path).flatMap((file): [string, string][] => {
    const name = ENTRY.exec(file)?.[1];
    return name ? [[`${plane}/${name}`, join(path, file)]] : [];
  });
};

/** The resolver has an entry of its own: nobody may import that plane, not even the composition root. */
const SERVICE_FOLDERS = ['app', 'resolver'];

const toolFolders = (): string[] => {
  const path = join(root, 'tools');
  return existsSync(path) ? readdirSync(path).map((name) => join('tools', name)) : [];
};

/** What a practice console starts lies beside the processes of its service: it is packaged with them, and `out/tools` is not. */
const SIMULATOR: [string, string] = ['service/simulator', join(root, 'tools/simulate/simulator.process.ts')];

/** Everything that runs on plain Node: the service's processes and the command-line tools. */
export default defineConfig(({ mode }) => ({
  root,
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'out',
    // electron-vite writes beside these folders; build/compile.mjs empties what is ours.
    emptyOutDir: false,
    target: 'node20.18',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries([
        SIMULATOR,
        ...SERVICE_FOLDERS.flatMap((folder) => entriesOf('service', join('service', folder))),
        ...(mode === 'service' ? [] : toolFolders().flatMap((folder) => entriesOf('tools', folder))),
      ]),
      external: EXTERNALS,
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: 'service/chunks/[name]-[hash].js',
      },
    },
  },
  ssr: { noExternal: true, external: [] },
}));

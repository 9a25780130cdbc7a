import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BenchError } from './errors.ts';

/** Where everything is that a row starts, and a folder of its own. */
export interface Place {
  readonly electron: string;
  /** Built main script of the console. */
  readonly app: string;
  readonly keeper: string;
  /** Folder of the built service. */
  readonly service: string;
  /** Folder of the installed packages. */
  readonly modules: string;
  tool(name: string): string;
  folder(name: string): string;
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new BenchError('environment', `${name} is not set: start this through npm run bench.`);
}

/** @returns the place, and what removes its folder */
export function openPlace(tools: string): { readonly place: Place; remove(): void } {
  const app = fromEnvironment('SALLYPORT_APP');
  const base = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const place: Place = {
    electron: fromEnvironment('SALLYPORT_ELECTRON'),
    app,
    keeper: join(dirname(app), 'keeper.js'),
    service: join(tools, '..', 'service'),
    modules: join(tools, '..', '..', 'node_modules'),
    tool: (name) => join(tools, `${name}.js`),
    folder: (name) => mkdtempSync(join(base, `${name}-`)),
  };
  return { place, remove: () => rmSync(base, { recursive: true, force: true }) };
}

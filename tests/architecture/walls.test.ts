import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  electronObjections,
  globalObjections,
  type Import,
  objection,
  reachObjections,
  zoneOf,
} from '../../build/walls/judge.mjs';
import { electronNames, sourceFiles, survey, textOf } from '../../build/walls/survey.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** Fewer source files than this means that the survey is blind, whatever it says. */
const LEAST_FILES = 250;

/** Everything that is wrong in a tree. */
async function objectionsIn(root: string, surveyed = survey(root)): Promise<string[]> {
  const { imports } = await surveyed;
  const files = sourceFiles(root);
  return [
    ...files.filter((file) => zoneOf(file) === undefined).map((file) => `${file} lies in no zone`),
    ...imports.flatMap((edge: Import) => objection(edge) ?? []),
    ...reachObjections(imports),
    ...files.flatMap((file) => {
      const text = textOf(root, file);
      return [...electronObjections(file, electronNames(file, text)), ...globalObjections(file, text)];
    }),
  ];
}

describe('the walls', () => {
  const whole = survey(ROOT);

  it('sees every source file of the repository', async () => {
    const { files } = await whole;
    expect(files.sort()).toEqual(sourceFiles(ROOT));
    expect(files.length).toBeGreaterThan(LEAST_FILES);
  });

  it('stand', async () => {
    expect(await objectionsIn(ROOT, whole)).toEqual([]);
  });
});

/** One planted file for each kind of breach, and what has to be said about it. */
const PLANTED: [name: string, file: string, text: string, objection: RegExp][] = [
  ['a file in no zone', 'service/cellar/a.ts', 'export {};', /service\/cellar\/a\.ts lies in no zone/],
  ['a top-level file in no zone', 'electron/a.ts', 'export {};', /electron\/a\.ts lies in no zone/],
  ['renderer to electron', 'renderer/ui/a.ts', "import '../../electron/vault/x.ts';", /-> electron\/vault/],
  ['renderer to service', 'renderer/pages/a.ts', "import '../../service/db/x.ts';", /-> service\/db/],
  ['renderer to Node', 'renderer/bridge/a.ts', "import 'node:fs';", /no Node modules/],
  ['renderer to Node without its prefix', 'renderer/bridge/a.ts', "import 'fs';", /no Node modules/],
  ['ui to the bridge', 'renderer/ui/a.ts', "import '../bridge/x.ts';", /-> renderer\/bridge/],
  ['ui to a store', 'renderer/ui/a.ts', "import '../stores/x.ts';", /-> renderer\/stores/],
  ['trusted to a page', 'renderer/trusted/a.ts', "import '../pages/x.tsx';", /-> renderer\/pages/],
  ['trusted to a library', 'renderer/trusted/a.ts', "import 'recharts';", /-> recharts/],
  ['trusted to a library by way of ui', 'renderer/trusted/a.ts', "import '../ui/x.ts';", /reaches recharts/],
  ['preload to shared/http', 'electron/preload/a.ts', "import '../../shared/http/x.ts';", /-> shared\/http/],
  ['shared to Node', 'shared/ids/a.ts', "import 'node:crypto';", /no Node modules/],
  ['shared to React', 'shared/ipc/a.ts', "import 'react';", /-> react/],
  ['shared to a side', 'shared/ids/a.ts', "import '../../electron/vault/x.ts';", /-> electron/],
  ['electron to service', 'electron/backend/a.ts', "import '../../service/db/x.ts';", /-> service\/db/],
  ['service to electron', 'service/gate/a.ts', "import '../../electron/vault/x.ts';", /-> electron\/vault/],
  ['service to shared/ipc', 'service/gate/a.ts', "import '../../shared/ipc/x.ts';", /-> shared\/ipc/],
  ['resolver to identity', 'service/resolver/a.ts', "import '../identity/x.ts';", /-> service\/identity/],
  ['somebody to resolver', 'service/gate/a.ts', "import '../resolver/x.ts';", /-> service\/resolver/],
  ['vault to main', 'electron/vault/a.ts', "import '../main/x.ts';", /-> electron\/main/],
  ['vault to signer', 'electron/vault/a.ts', "import '../signer/x.ts';", /-> electron\/signer/],
  ['signer to ipc', 'electron/signer/a.ts', "import '../ipc/x.ts';", /-> electron\/ipc/],
  ['custody to backend', 'electron/custody/a.ts', "import '../backend/x.ts';", /-> electron\/backend/],
  ['keeper to main', 'electron/keeper/a.ts', "import '../main/x.ts';", /-> electron\/main/],
  [
    'a type-only import',
    'renderer/ui/a.ts',
    "import type { X } from '../stores/x.ts';",
    /-> renderer\/stores/,
  ],
  ['an inline type import', 'renderer/ui/a.ts', "export type Y = import('../stores/x.ts').X;", /-> renderer/],
  ['a dynamic import', 'renderer/ui/a.ts', "await import('../stores/x.ts');", /-> renderer\/stores/],
  ['a re-export', 'renderer/ui/a.ts', "export { x } from '../stores/x.ts';", /-> renderer\/stores/],
  ['a require', 'service/gate/a.cjs', "require('../../electron/vault/x.ts');", /-> electron\/vault/],
  ['production to tests', 'service/gate/a.ts', "import '../../tests/fixtures/x.ts';", /-> tests\/fixtures/],
  ['production to a test', 'service/gate/a.ts', "import '../db/x.test.ts';", /-> service\/db\/x\.test/],
  ['the keychain outside the vault', 'electron/keeper/a.ts', "import 'keytar';", /-> keytar/],
  ['pg outside service/db', 'service/identity/a.ts', "import 'pg';", /-> pg/],
  ['SQL outside a store', 'service/identity/a.ts', "import 'kysely';", /kysely: SQL stands/],
  ['an import of nothing', 'service/gate/a.ts', "import './absent.ts';", /does not exist/],
  [
    'ipcMain outside ipc',
    'electron/main/a.ts',
    "import { ipcMain } from 'electron';",
    /electron\.ipcMain: only/,
  ],
  [
    'ipcMain by another name',
    'electron/main/a.ts',
    "import { ipcMain as door } from 'electron/main';",
    /electron\.ipcMain: only/,
  ],
  [
    'the type of ipcMain',
    'electron/main/a.ts',
    "import type { IpcMain } from 'electron';",
    /electron\.IpcMain: only/,
  ],
  [
    'ipcRenderer outside preload',
    'electron/guards/a.ts',
    "import { ipcRenderer } from 'electron';",
    /electron\.ipcRenderer: only/,
  ],
  ['all of electron', 'electron/main/a.ts', "import * as e from 'electron';", /all of electron at once/],
  ['electron by default', 'electron/main/a.ts', "import e from 'electron';", /all of electron at once/],
  ['electron by import()', 'electron/main/a.ts', "await import('electron');", /all of electron at once/],
  ['electron by require', 'electron/main/a.cjs', "require('electron');", /all of electron at once/],
  [
    'electron by a type',
    'electron/main/a.ts',
    "export type D = import('electron').IpcMain;",
    /all of electron/,
  ],
  ['the bridge around', 'renderer/pages/a.ts', 'export const x = window.sallyport;', /window\.sallyport/],
  ['@electron/remote', 'electron/main/a.ts', "import '@electron/remote/main';", /@electron\/remote/],
];

describe('a planted breach is found:', () => {
  let base = '';
  /** What the planted files import; itself without fault. */
  const PRESENT = [
    ...['electron/vault', 'electron/main', 'electron/signer', 'electron/ipc', 'electron/backend'],
    ...['service/db', 'service/identity', 'service/resolver', 'shared/http', 'shared/ipc'],
    ...['renderer/bridge', 'renderer/stores', 'renderer/pages', 'tests/fixtures'],
  ];

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  };

  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), 'walls-'));
    for (const folder of PRESENT) write(`${folder}/x.ts`, 'export type X = 1;\nexport const x = 1;\n');
    write('renderer/pages/x.tsx', 'export const x = 1;\n');
    write('service/db/x.test.ts', 'export const x = 1;\n');
    write('renderer/ui/x.ts', "import 'recharts';\n");
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it('none where nothing is planted', async () => {
    expect(await objectionsIn(base)).toEqual([]);
  });

  it.each(PLANTED)('%s', async (_name, file, text, expected) => {
    write(file, `${text}\n`);
    try {
      expect(await objectionsIn(base)).toContainEqual(expect.stringMatching(expected));
    } finally {
      rmSync(join(base, file));
    }
  });
});

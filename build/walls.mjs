import { SERVICE_ZONES } from './walls/service-zones.mjs';
import { SHARED } from './walls/shared-packages.mjs';

/**
 * The walls of the house as one table: what each zone may import. An import that no row allows is refused, type-only
 * ones included, and so is a source file that lies in no zone. `tests/architecture` reads it.
 *
 * - `at`: where the zone's files lie; the longest match decides
 * - `zones`: whose files it may import besides its own; `*` ends a prefix
 * - `packages`: npm packages; `node`: Node's own modules
 * - `reach`: npm packages that its code may end up loading through anything it imports; absent: unlimited
 *
 * @typedef {object} Zone
 * @property {string[]} at
 * @property {string[]} [zones]
 * @property {string[]} [packages]
 * @property {boolean} [node]
 * @property {string[]} [reach]
 */

/** @type {Record<string, Zone>} */
export const ZONES = {
  // The version, for those that tell it.
  manifest: { at: ['package.json'] },

  'shared.ids': { at: ['shared/ids/'], packages: SHARED },
  'shared.boundaries': { at: ['shared/boundaries/'], packages: SHARED },
  'shared.money': { at: ['shared/money/'], zones: ['shared.ids'], packages: SHARED },
  'shared.ledger': { at: ['shared/ledger/'], zones: ['shared.ids', 'shared.money'], packages: SHARED },
  // How reviewers are drawn: service, console and anybody else replay the same draw.
  'shared.market': { at: ['shared/market/'], packages: SHARED },
  'shared.http': {
    at: ['shared/http/'],
    zones: ['shared.ids', 'shared.money', 'shared.ledger', 'shared.market', 'shared.boundaries'],
    packages: SHARED,
  },
  // How the service's processes are started: electron/backend and service/app agree on it.
  'shared.service': { at: ['shared/service/'], zones: ['shared.ids', 'shared.http'], packages: SHARED },
  // What people read about all of it; the figures in it come from the code that obeys them.
  'shared.docs': {
    at: ['shared/docs/'],
    zones: ['shared.boundaries', 'shared.http', 'shared.ipc', 'shared.market', 'shared.service'],
    packages: SHARED,
  },
  'shared.ipc': { at: ['shared/ipc/'], zones: ['shared.*'], packages: SHARED },

  'renderer.ui': {
    at: ['renderer/ui/'],
    zones: ['shared.*'],
    packages: ['react', 'react-dom', '@base-ui/react', '@tanstack/*', 'recharts', 'cmdk'],
  },
  'renderer.stores': { at: ['renderer/stores/'], zones: ['shared.*'], packages: ['react', 'zustand'] },
  'renderer.bridge': { at: ['renderer/bridge/'], zones: ['shared.*'], packages: ['react', 'zod'] },
  'renderer.pages': {
    at: ['renderer/pages/'],
    zones: ['renderer.ui', 'renderer.stores', 'renderer.bridge', 'shared.*'],
    packages: ['react', 'react-dom', '@base-ui/react', '@tanstack/*', 'recharts', 'zod', 'qr'],
  },
  'renderer.app': {
    at: ['renderer/app/'],
    zones: ['renderer.ui', 'renderer.stores', 'renderer.bridge', 'renderer.pages', 'shared.*'],
    packages: ['react', 'react-dom', '@base-ui/react', 'cmdk', 'zod'],
  },
  // Where passphrases are typed: small enough to be read whole.
  'renderer.trusted': {
    at: ['renderer/trusted/'],
    zones: ['renderer.ui', 'shared.*'],
    packages: ['react', 'react-dom'],
    reach: ['react', 'react-dom', ...SHARED],
  },

  'electron.preload': {
    at: ['electron/preload/'],
    zones: ['shared.ipc'],
    packages: ['electron', '@electron/remote'],
  },
  'electron.vault': {
    at: ['electron/vault/'],
    zones: ['shared.*'],
    packages: ['keytar', '@node-rs/argon2', 'shamir-secret-sharing', ...SHARED],
    node: true,
  },
  'electron.signer': {
    at: ['electron/signer/'],
    zones: ['electron.vault', 'shared.*'],
    packages: ['http-message-signatures', ...SHARED],
    node: true,
  },
  'electron.custody': {
    at: ['electron/custody/'],
    zones: ['electron.vault', 'electron.signer', 'shared.*'],
    packages: [
      ...['age-encryption', '@solana/kit', '@solana-program/*', '@aws-sdk/client-secrets-manager'],
      ...SHARED,
    ],
    node: true,
  },
  // Judges logs and files that may be anybody's: it knows nobody.
  'electron.evidence': { at: ['electron/evidence/'], zones: ['shared.ledger'], packages: SHARED, node: true },
  'electron.keeper': {
    at: ['electron/keeper/'],
    zones: ['electron.vault', 'electron.signer', 'electron.custody', 'electron.evidence', 'shared.*'],
    // What the trusted windows are too small for: judging a passphrase, drawing a QR code.
    packages: ['electron', 'zod', 'qr', '@zxcvbn-ts/*'],
    node: true,
  },
  'electron.guards': { at: ['electron/guards/'], zones: ['shared.*'], packages: ['electron'], node: true },
  'electron.ipc': {
    at: ['electron/ipc/'],
    // Handlers name their collaborators' types; `main` hands them in.
    zones: ['electron.keeper', 'electron.backend', 'shared.*'],
    packages: ['electron', 'zod'],
    node: true,
  },
  'electron.backend': {
    at: ['electron/backend/'],
    // The keeper's protocol: it signs, backend carries.
    zones: ['electron.keeper', 'electron.ipc', 'electron.evidence', 'shared.*'],
    packages: ['electron', 'ky', 'undici', 'eventsource-parser', 'zod'],
    node: true,
  },
  'electron.diagnostics': {
    at: ['electron/diagnostics/'],
    zones: ['shared.*'],
    packages: ['electron', 'zod'],
    node: true,
  },
  // Judges manifests that may be anybody's: it knows nobody.
  'electron.updates': { at: ['electron/updates/'], zones: ['shared.ipc'], packages: ['zod'], node: true },
  // Left out of every build but a developer's own.
  'electron.developer': {
    at: ['electron/developer/'],
    zones: ['electron.diagnostics', 'electron.ipc', 'shared.*'],
    packages: ['electron', '@electron/remote'],
    node: true,
  },
  // The composition root: the only place that knows everyone.
  'electron.main': {
    at: ['electron/main/'],
    zones: [
      ...['electron.ipc', 'electron.keeper', 'electron.backend', 'electron.guards', 'electron.diagnostics'],
      ...['electron.developer', 'electron.updates', 'electron.evidence', 'shared.*', 'manifest'],
    ],
    packages: ['electron', 'zod', '@jellybrick/dbus-next'],
    node: true,
  },

  ...SERVICE_ZONES,

  'tools.simulate': { at: ['tools/simulate/'], zones: ['shared.*'], packages: ['undici', 'zod'], node: true },
  // Judges a bundle alone: it must not know the service.
  'tools.verify': { at: ['tools/verify/'], zones: ['shared.ledger'], packages: [], node: true },
  // Runs a break-glass order with nothing but its file and code.
  'tools.order': {
    at: ['tools/order/'],
    zones: ['shared.boundaries', 'shared.http'],
    packages: [],
    node: true,
  },
  // Watches the service from outside.
  'tools.soak': { at: ['tools/soak/'], zones: ['shared.http'], packages: [], node: true },
  'tools.tour': {
    at: ['tools/tour/'],
    zones: ['tools.simulate', 'shared.*'],
    packages: ['playwright', 'zod'],
    node: true,
  },
  // Measures the rooms themselves, so it may import what it measures.
  'tools.bench': {
    at: ['tools/bench/'],
    zones: ['shared.*', 'electron.*', 'service.*', 'tools.simulate', 'tools.tour', 'tools.verify'],
    packages: ['electron', 'playwright', 'autocannon', 'fastify', 'kysely', 'pg', 'pino', 'undici', 'zod'],
    node: true,
  },

  build: {
    at: ['build/', 'vitest.config.ts', 'playwright.config.ts', 'electron.vite.config.ts'],
    packages: [
      ...[
        'vite',
        'vitest',
        'electron-vite',
        '@vitejs/plugin-react',
        '@tailwindcss/vite',
        'playwright',
        'electron-builder',
      ],
      ...['electron', 'dependency-cruiser', 'typescript'],
    ],
    node: true,
  },
};

/** Tests import what they test; no row above names them, so production cannot. */
export const TESTS = /^tests\/|\.test\.tsx?$/;

/** Source files of these kinds must lie in a zone. */
export const SOURCE = /\.(?:[cm]?[jt]sx?)$/;

/** Packages that only certain files of a zone may import. @type {{ package: string, files: RegExp, why: string }[]} */
export const PACKAGE_FILES = [
  {
    package: 'kysely',
    files: /^service\/db\/|(?:^|[/.])store\.ts$|^tools\/bench\//,
    why: 'SQL stands in service/db and in store.ts',
  },
  {
    package: '@electron/remote',
    files: /^electron\/developer\/open\.ts$|^electron\/preload\/developer\.ts$/,
    why: 'it stands behind the developer’s own window, which no package holds',
  },
];

/**
 * Doors of Electron that have one keeper each. Everything else of Electron is open to the zones that may import it.
 * @type {Record<string, string[]>}
 */
export const ELECTRON_NAMES = {
  ipcMain: ['electron.ipc'],
  ipcRenderer: ['electron.preload'],
  contextBridge: ['electron.preload'],
  safeStorage: ['electron.vault'],
  shell: ['electron.guards'],
  utilityProcess: ['electron.main', 'electron.backend', 'tools.bench'],
};

/** Globals with one keeper. @type {{ pattern: RegExp, zones: string[], what: string }[]} */
export const GLOBALS = [
  {
    pattern: /\b(?:window|globalThis|self)\s*(?:\?\.|\.|\[\s*['"])sallyport/,
    // The tour asks a page which window it is.
    zones: ['renderer.bridge', 'renderer.trusted', 'tools.tour'],
    what: 'window.sallyport',
  },
  {
    pattern: /['"]@electron\/remote/,
    zones: ['electron.developer', 'electron.preload'],
    what: '@electron/remote',
  },
];

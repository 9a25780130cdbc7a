declare global {
  /** Where zod keeps its configuration; it takes what it finds here. */
  var __zod_globalConfig: { jitless?: boolean } | undefined;
}

// The content security policy refuses code made from strings and reports every attempt. Zod attempts it when the first
// schema is built, which a bundle may do before this file's own statements: so nothing that builds one is imported here.
globalThis.__zod_globalConfig = { jitless: true };

const root = document.getElementById('root');
if (root) void import('./start.tsx').then(({ start }) => start(root));

export {};

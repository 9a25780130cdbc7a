import { createHash } from 'node:crypto';

/**
 * The bill of materials: CycloneDX 1.6, ECMA-424. Made from the lock file and the runtime alone, without a clock and without chance, so
 * that two builds of one commit carry the same file.
 * @typedef {import('./lockfile.mjs').Dependency} Dependency
 * @typedef {{ name: string, version: string, license: string, description: string }} Product
 */

/** @param {Pick<Dependency, 'name' | 'version'>} dependency package URL: https://github.com/package-url/purl-spec, type npm */
export const purlOf = ({ name, version }) =>
  `pkg:npm/${name.replace(/^@/, '%40')}@${encodeURIComponent(version)}`;

/** @param {string} license an identifier stands as such; whatever combines several is an expression */
const licensesOf = (license) =>
  /[\s()]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }];

/** @param {Dependency} dependency */
const componentOf = ({ name, version, license, sha512, optional }) => ({
  type: 'library',
  'bom-ref': purlOf({ name, version }),
  ...(name.startsWith('@') ? { group: name.split('/')[0], name: name.split('/')[1] } : { name }),
  version,
  scope: optional ? 'optional' : 'required',
  hashes: [{ alg: 'SHA-512', content: sha512 }],
  licenses: licensesOf(license),
  purl: purlOf({ name, version }),
});

/** @param {string} version the runtime carries Chromium and Node; its own notices lie beside the program */
const electronOf = (version) => ({
  type: 'framework',
  'bom-ref': `pkg:github/electron/electron@v${version}`,
  name: 'electron',
  version,
  scope: 'required',
  licenses: licensesOf('MIT'),
  purl: `pkg:github/electron/electron@v${version}`,
});

/** @template {{ 'bom-ref': string }} T @param {T[]} components one package may be installed at several places */
const onceEach = (components) => [...new Map(components.map((one) => [one['bom-ref'], one])).values()];

/** @param {string} text RFC 9562, section 5.8: a UUID of our own making, of a digest */
function uuidOf(text) {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * @param {{ product: Product, dependencies: Dependency[], direct: readonly string[], electron: string }} order `direct`: names in package.json
 */
export function billOfMaterials({ product, dependencies, direct, electron }) {
  const byPath = new Map(dependencies.map((dependency) => [dependency.path, dependency]));
  const self = `pkg:generic/${product.name}@${product.version}`;
  const refsAt = (/** @type {string[]} */ paths) =>
    [...new Set(paths.flatMap((path) => byPath.get(path) ?? []).map(purlOf))].sort();
  const runtime = electronOf(electron);
  const body = {
    metadata: {
      component: {
        ...{ type: 'application', 'bom-ref': self, name: product.name, version: product.version },
        ...{ description: product.description, licenses: licensesOf(product.license), purl: self },
      },
    },
    components: [runtime, ...onceEach(dependencies.map(componentOf))],
    dependencies: [
      { ref: self, dependsOn: [runtime['bom-ref'], ...refsAt(direct.map((name) => `node_modules/${name}`))] },
      { ref: runtime['bom-ref'], dependsOn: [] },
      ...mergedGraph(dependencies, refsAt),
    ],
  };
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(body))}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, version: 1 },
    ...body,
  };
}

/** @param {Dependency[]} dependencies @param {(paths: string[]) => string[]} refsAt */
function mergedGraph(dependencies, refsAt) {
  /** @type {Map<string, Set<string>>} */
  const graph = new Map();
  for (const dependency of dependencies) {
    const known = graph.get(purlOf(dependency)) ?? new Set();
    for (const ref of refsAt(dependency.needs)) known.add(ref);
    graph.set(purlOf(dependency), known);
  }
  return [...graph].map(([ref, needs]) => ({ ref, dependsOn: [...needs].sort() }));
}

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licenceTexts } from './licences.mjs';
import { forMachine, productionDependencies } from './lockfile.mjs';
import { billOfMaterials } from './sbom.mjs';

/**
 * Writes what a package says about its own contents: bill of materials, licences.
 * @param {{ root: string, folder: string, runtime: { version: string } }} order
 */
export function writeNotices({ root, folder, runtime }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const machine = { platform: process.platform, arch: process.arch };
  const dependencies = forMachine(productionDependencies(root), machine);
  const product = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const direct = Object.keys({ ...product.dependencies, ...product.optionalDependencies });
  const bill = billOfMaterials({ product, dependencies, direct, electron: runtime.version });
  writeFileSync(join(folder, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
  writeFileSync(join(folder, 'third-party-licences.txt'), licenceTexts(root, dependencies));
  writeFileSync(join(folder, 'LICENSE'), readFileSync(join(root, 'LICENSE')));
}

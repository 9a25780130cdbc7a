import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { describe, expect, it, vi } from 'vitest';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { signingHandle } from '../vault/items.ts';
import { openCeremonies } from './ceremonies.ts';
import { CustodyError } from './custody-error.ts';
import { Rehearsals } from './rehearsals.ts';

// Seventeen drills with fsync, one console for each step.
vi.setConfig({ testTimeout: 60_000 });

const now = () => new Date();
const by = (folder: string, custodian = signingHandle(randomBytes(32))) => {
  const deps = { folder, custodian, now };
  return { rehearsals: new Rehearsals(deps), deps };
};

describe('a rehearsal', () => {
  it('goes through every step and failure, leaves one signed record, and nothing of its keys or journals', async () => {
    await using directory = await disposableDirectory();
    const { rehearsals, deps } = by(directory.path);
    await mkdir(join(directory.path, 'rehearsing-killed'), { recursive: true });
    const made = await rehearsals.run();
    expect(made.drills.filter(({ passed }) => !passed)).toEqual([]);
    expect(made.drills).toHaveLength(17);
    expect(made.note).toContain('rehearsal on throw-away keys');
    expect(new Set(made.throwAway).size).toBe(5);
    expect(made.note).toContain('not that a second operator was reached');
    const { heldBy, keyIds = [] } = made.twoPersons ?? {};
    expect(heldBy).toBe('this-rehearsal-alone');
    expect(new Set([...keyIds, deps.custodian.keyId]).size).toBe(3);
    expect(await readdir(directory.path)).toEqual([`rehearsal-${made.id}.json`]);
    expect(await rehearsals.all()).toEqual([made]);
    expect((await openCeremonies(directory.path, deps)).all()).toEqual([]);
    expect(JSON.parse((await rehearsals.text(made.id)) ?? '')).toEqual(made);
  });

  it('counts only as its custodian signed it', async () => {
    await using directory = await disposableDirectory();
    const { rehearsals } = by(directory.path);
    const made = await rehearsals.run();
    const path = join(directory.path, `rehearsal-${made.id}.json`);
    const text = await readFile(path, 'utf8');
    expect(await by(directory.path).rehearsals.all()).toEqual([]);
    for (const changed of [text.replace('"passed": true', '"passed": false'), text.slice(1), '{}']) {
      await writeFile(path, changed);
      expect(await rehearsals.all()).toEqual([]);
      expect(await rehearsals.text(made.id)).toBeNull();
    }
  });

  it('counts as it was signed before there were drills of two persons', async () => {
    await using directory = await disposableDirectory();
    const { rehearsals, deps } = by(directory.path);
    const { keyId: signer, publicKey } = deps.custodian;
    const head = {
      format: 'sallyport-rehearsal',
      version: 1,
      id: randomUUID(),
      at: '2026-01-01T00:00:00.000Z',
    };
    const made = { ...head, note: '', drills: [], throwAway: [], signer, publicKey };
    const signed = Buffer.from(canonicalize(['sallyport/rehearsal/v1', made]) ?? '');
    const signature = deps.custodian.sign(signed).toString('base64url');
    await mkdir(directory.path, { recursive: true });
    await writeFile(
      join(directory.path, `rehearsal-${head.id}.json`),
      JSON.stringify({ ...made, signature }),
    );
    expect(await rehearsals.all()).toEqual([{ ...made, signature }]);
  });

  it('says when its record cannot be kept', async () => {
    await using directory = await disposableDirectory();
    await mkdir(join(directory.path, '..'), { recursive: true });
    await writeFile(directory.path, 'in the way');
    await chmod(directory.path, 0o600);
    await expect(by(directory.path).rehearsals.run()).rejects.toBeInstanceOf(CustodyError);
  });
});

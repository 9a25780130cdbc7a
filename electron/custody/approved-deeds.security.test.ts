import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../tests/fixtures/custody-error.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { signingHandle } from '../vault/items.ts';
import { type ApprovedDeed, ApprovedDeeds } from './approved-deeds.ts';
import { openCeremonies } from './ceremonies.ts';

const custodian = signingHandle(randomBytes(32));
const now = () => new Date('2030-01-01T00:00:00.000Z');
const DEED: ApprovedDeed = {
  ...{ wallet: '4'.repeat(44), deed: { action: 'reveal' }, digest: 'a'.repeat(64) },
  ...{ nonce: 'n'.repeat(22), by: 'b'.repeat(43), name: 'Omar' },
};

describe('the journal of what second operators approved', () => {
  it('is signed, in order, for this user alone, and no journal of a rotation', async () => {
    await using directory = await disposableDirectory();
    const folder = join(directory.path, 'custody');
    const started = () => new ApprovedDeeds({ folder, custodian, now });
    await started().append(DEED);
    await started().append({ ...DEED, deed: { action: 'reveal' }, nonce: 'm'.repeat(22) });
    const path = join(folder, 'approved-deeds.jsonl');
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).record.nonce[0])).toEqual(['n', 'm']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await openCeremonies(folder, { custodian, now })).all()).toEqual([]);
    const [first = '', second = ''] = lines;
    for (const text of [second, first.replace('Omar', 'Olga'), `${first}\n${first}`, '{}']) {
      await writeFile(path, `${text}\n`);
      expect(await codeOf(started().append(DEED))).toBe('ceremony-damaged');
    }
    // Whoever put the right file back goes on.
    await writeFile(path, `${first}\n${second}\n{"torn`);
    expect(await codeOf(started().append(DEED))).toBe('accepted');
    const stranger = { folder, custodian: signingHandle(randomBytes(32)), now };
    expect(await codeOf(new ApprovedDeeds(stranger).append(DEED))).toBe('ceremony-damaged');
  });

  it('says that it cannot be written', async () => {
    await using directory = await disposableDirectory();
    await mkdir(directory.path, { recursive: true });
    await writeFile(join(directory.path, 'custody'), 'in the way');
    const deeds = new ApprovedDeeds({ folder: join(directory.path, 'custody'), custodian, now });
    expect(await codeOf(deeds.append(DEED))).toBe('journal-unavailable');
  });
});

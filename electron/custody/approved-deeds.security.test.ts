import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../tests/fixtures/custody-error.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { signingHandle } from '../vault/items.ts';
import { type ApprovedDeed, ApprovedDeeds } from './approved-deeds.ts';
import { openCeremonies } from './ceremonies.ts';
import { NO_LINES } from './journal.ts';

const custodian = signingHandle(randomBytes(32));
const now = () => new Date('2030-01-01T00:00:00.000Z');
const DEED: ApprovedDeed = {
  ...{ wallet: '4'.repeat(44), deed: { action: 'reveal' }, digest: 'a'.repeat(64) },
  ...{ nonce: 'n'.repeat(22), by: 'b'.repeat(43), name: 'Omar' },
};

/** A console that is started anew each time, and remembers in its vault how far the journal came. */
async function stage() {
  const directory = await disposableDirectory();
  const folder = join(directory.path, 'custody');
  const path = join(folder, 'approved-deeds.jsonl');
  const started = () => new ApprovedDeeds({ folder, custodian, now });
  const kept = { anchor: NO_LINES };
  return {
    ...{ folder, path, started, kept },
    /** Written down, and remembered. */
    async approve(nonce: string, deeds = started()): Promise<void> {
      kept.anchor = await deeds.append({ ...DEED, nonce: nonce.repeat(22) }, kept.anchor);
    },
    read: async () => (await readFile(path, 'utf8')).trim().split('\n'),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

describe('the journal of what second operators approved', () => {
  it('is signed, in order, for this user alone, and no journal of a rotation', async () => {
    await using here = await stage();
    const { path, folder, started } = here;
    await here.approve('n');
    await here.approve('m');
    const lines = await here.read();
    expect(lines.map((line) => JSON.parse(line).record.nonce[0])).toEqual(['n', 'm']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await openCeremonies(folder, { custodian, now })).all()).toEqual([]);
    const [first = '', second = ''] = lines;
    for (const text of [second, first.replace('Omar', 'Olga'), `${first}\n${first}`, '{}']) {
      await writeFile(path, `${text}\n`);
      expect(await codeOf(started().append(DEED, NO_LINES))).toBe('ceremony-damaged');
    }
    // Whoever put the right file back goes on.
    await writeFile(path, `${first}\n${second}\n{"torn`);
    expect(await codeOf(started().append(DEED, here.kept.anchor))).toBe('accepted');
    const stranger = { folder, custodian: signingHandle(randomBytes(32)), now };
    expect(await codeOf(new ApprovedDeeds(stranger).append(DEED, NO_LINES))).toBe('ceremony-damaged');
  });

  it('says that it cannot be written', async () => {
    await using directory = await disposableDirectory();
    await mkdir(directory.path, { recursive: true });
    await writeFile(join(directory.path, 'custody'), 'in the way');
    const deeds = new ApprovedDeeds({ folder: join(directory.path, 'custody'), custodian, now });
    expect(await codeOf(deeds.append(DEED, NO_LINES))).toBe('journal-unavailable');
    expect(await codeOf(deeds.soFar(NO_LINES))).toBe('journal-unavailable');
  });

  it('may be ahead of the vault, as after a kill in between, and the same approval is one line', async () => {
    await using here = await stage();
    await here.approve('n');
    const before = here.kept.anchor;
    await here.approve('m');
    here.kept.anchor = before;
    await here.approve('m');
    expect(await here.read()).toHaveLength(2);
    here.kept.anchor = before;
    await here.approve('o');
    expect(await here.read()).toHaveLength(3);
    expect(here.kept.anchor.lines).toBe(3);
    expect((await here.started().soFar(here.kept.anchor)).trouble).toBeNull();
  });

  it('grows past four megabytes, as far as the vault remembers it, and no file of a stranger’s size is read', async () => {
    await using here = await stage();
    await here.approve('n');
    const size = 5 * 1024 * 1024;
    await truncate(here.path, size);
    expect(await codeOf(here.started().soFar(here.kept.anchor))).toBe('ceremony-damaged');
    // The same size, remembered: it is read, and judged by its lines. The zeros were a line that never ended.
    const { trouble } = await here.started().soFar({ ...here.kept.anchor, bytes: size });
    expect(trouble).toBeNull();
    expect(await codeOf(here.started().append(DEED, { ...here.kept.anchor, bytes: size }))).toBe('accepted');
    expect(await here.read()).toHaveLength(2);
  });
});

describe('attack: an approval taken out of the journal', () => {
  const cuts: readonly [string, (path: string, lines: readonly string[]) => Promise<void>][] = [
    ['the file is gone', (path) => rm(path)],
    ['it is empty', (path) => writeFile(path, '')],
    ['its last line is cut off, whole', (path, [first]) => writeFile(path, `${first}\n`)],
    ['its last line was never ended', (path, lines) => writeFile(path, lines.join('\n'))],
  ];

  it.each(cuts)(
    'is missed when %s, by the next deed and by who looks, also while it runs',
    async (_name, cut) => {
      await using here = await stage();
      const running = here.started();
      await here.approve('n', running);
      await here.approve('m', running);
      expect((await running.soFar(here.kept.anchor)).deeds).toHaveLength(2);
      await cut(here.path, await here.read());
      for (const deeds of [running, here.started(), running]) {
        const { trouble } = await deeds.soFar(here.kept.anchor);
        expect(trouble?.code).toBe('ceremony-damaged');
        expect(trouble?.message).toContain('of 2 lines');
        expect(await codeOf(deeds.append(DEED, here.kept.anchor))).toBe('ceremony-damaged');
      }
    },
  );

  it('is missed when another journal of the same console stands in its place', async () => {
    await using here = await stage();
    await using other = await stage();
    await here.approve('n');
    await other.approve('m');
    await other.approve('o');
    await copyFile(other.path, here.path);
    expect((await here.started().soFar(here.kept.anchor)).trouble?.code).toBe('ceremony-damaged');
    expect(await codeOf(here.started().append(DEED, here.kept.anchor))).toBe('ceremony-damaged');
  });

  it('leaves what can be read up to there for who looks', async () => {
    await using here = await stage();
    for (const nonce of ['n', 'm', 'o']) await here.approve(nonce);
    const [first = '', second = '', third = ''] = await here.read();
    await writeFile(here.path, `${first}\n${second.replace('Omar', 'Olga')}\n${third}\n`);
    const { deeds, trouble } = await here.started().soFar(here.kept.anchor);
    expect(deeds.map(({ record }) => record.nonce[0])).toEqual(['n']);
    expect(trouble?.message).toContain('line 2 is not signed');
  });
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderOf, linkLine, MIRROR_CHAIN } from '../../shared/ledger/mirror.ts';
import { newLedgerKey, TestLog } from '../../tests/fixtures/evidence-log.ts';
import { MirrorFolder } from './mirror-folder.ts';

const key = newLedgerKey();
const LOG = new TestLog(20);
const linkOf = (size: number) => ({ note: key.checkpoint(size, LOG.rootAt(size)), proof: [] });
const CHAIN = [5, 9].map((size) => linkLine(linkOf(size))).join('');
const HALF = linkLine(linkOf(12)).slice(0, 70);

let folder = '';
let chain = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-mirror-'));
  chain = join(folder, folderOf(key.trust.origin), MIRROR_CHAIN);
  await mkdir(dirname(chain), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const opened = async (text: string | Buffer) => {
  await writeFile(chain, text);
  return MirrorFolder.open(folder, key.trust.origin);
};
const stored = () => readFile(chain);

describe('the chain of heads in a folder', () => {
  it('is not there yet, and begins', async () => {
    const place = await MirrorFolder.open(folder, key.trust.origin);
    expect(place.last).toBeNull();
    await place.append(linkOf(5));
    expect((await MirrorFolder.open(folder, key.trust.origin)).last).toEqual(linkOf(5));
  });

  it.each([
    ['half a line', HALF],
    ['a few bytes of one', '{"no'],
    ['zeros, where the file system had room and nothing to write', Buffer.alloc(4_096).toString('latin1')],
    ['half a line and zeros', `${HALF}${'\0'.repeat(300)}`],
  ])('goes on before what a crash left of a line: %s', async (_, tail) => {
    expect((await opened(`${CHAIN}${tail}`)).last).toEqual(linkOf(9));
    expect(String(await stored())).toBe(CHAIN);
    expect((await opened(tail)).last).toBeNull();
    expect(String(await stored())).toBe('');
  });

  it('keeps a whole last line that only lacks its line break', async () => {
    const place = await opened(CHAIN.slice(0, -1));
    expect(place.last).toEqual(linkOf(9));
    await place.append(linkOf(12));
    expect(String(await stored())).toBe(`${CHAIN}${linkLine(linkOf(12))}`);
  });

  it('is read at its longest, with the longest half-written line behind it', async () => {
    const longest = {
      note: '\u0001'.repeat(16_384),
      proof: Array.from({ length: 128 }, () => 'ab'.repeat(32)),
    };
    const line = linkLine(longest);
    expect((await opened(`${CHAIN}${line}${line.slice(0, -2)}`)).last).toEqual(longest);
    expect(String(await stored())).toBe(`${CHAIN}${line}`);
  });
});

describe('a chain that was not written here', () => {
  it.each([
    ['without a line break in all that is looked at', 'x'.repeat(300_000)],
    ['with a line of ours, then none in all that is looked at', `${CHAIN}${'x'.repeat(300_000)}`],
    ['that begins like ours and never ends', `${CHAIN}${HALF}${'x'.repeat(300_000)}`],
    ['of one short line without a break', 'hello'],
    ['that ends with another’s line', `${CHAIN}{"format":1}\n`],
    ['that ends with another’s line without a break', `${CHAIN}{"format":1}`],
    ['that ends with a line of another form', `${CHAIN}{"note":"a","by":"another"}`],
    ['whose last line is empty', `${CHAIN}\n`],
    ['of another’s line, with half of ours behind it', `hello\n${HALF}`],
    ['of bytes that are no text', Buffer.from([0xff, 0xfe, 0x80, 0x81])],
  ])('is refused, and not a byte of it is lost: %s', async (_, text) => {
    await expect(opened(text)).rejects.toMatchObject({ code: 'note-malformed' });
    expect((await stored()).equals(Buffer.from(text))).toBe(true);
  });
});

import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { saveFile } from './save-file.ts';

async function saved(folder: string, name: string, path: string | null = join(folder, name)) {
  const said: string[] = [];
  await saveFile({ choose: async () => path, notice: (level, text) => void said.push(`${level}: ${text}`) })(
    name,
    'text',
  );
  return said;
}

describe('a file that the keeper made', () => {
  it.each([
    ['sallyport-export.age', 'passphrase or recipient'],
    ['c.sealed', 'Only its recipient'],
    ['request-n.second', 'Anybody can read'],
    ['answer-n.second', 'the console that asked'],
    ['introduction.second', 'public'],
    ['c.change-log.json', 'Anybody can read'],
    ['of-no-kind', 'The file was saved.'],
  ])('%s is said to be what it is', async (name, words) => {
    await using directory = await disposableDirectory();
    await mkdir(directory.path);
    const [said = ''] = await saved(directory.path, name);
    expect(said).toContain(words);
    expect(said.includes('opens it')).toBe(/age|sealed/.test(name));
    const path = join(directory.path, name);
    expect(await readFile(path, 'utf8')).toBe('text');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('says when it is not there', async () => {
    expect(await saved('/nowhere', 'x.age', null)).toEqual(['info: The file was not saved.']);
    expect(await saved('/nowhere', 'x.age')).toEqual([expect.stringMatching(/^warning: .*could not/)]);
  });
});

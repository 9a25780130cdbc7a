import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { type Found, refuseServer, refuseStrangers } from './inspect.ts';
import type { Target } from './target.ts';

const target: Target = {
  endpoint: { host: 'db.example', port: 5432, database: 'sallyport' },
  maker: { role: 'dba', password: 'unused' },
  passwords: {} as Target['passwords'],
};

interface Server {
  readonly version: string;
  readonly standby: boolean;
  readonly off: readonly string[];
}
const SOUND: Server = { version: '180001', standby: false, off: [] };

/** Answers the two questions as a server does. */
const sessionOf = ({ version, standby, off }: Server): pg.Client =>
  ({
    query: async (text: string, values: readonly (readonly string[])[] = []) => {
      const [names = []] = values;
      if (text.includes('pg_is_in_recovery')) return { rows: [{ version, standby }] };
      if (!text.includes('pg_settings')) throw new Error(`nobody asks this: ${text}`);
      return { rows: names.filter((name) => off.includes(name)).map((name) => ({ name, role: 'dba' })) };
    },
  }) as unknown as pg.Client;

const judged = (more: Partial<Server>) => refuseServer(sessionOf({ ...SOUND, ...more }), target);

describe('a server', () => {
  it.each(['180000', '180001', '190000'])('of version %s is taken', async (version) => {
    await expect(judged({ version })).resolves.toBeUndefined();
  });

  it.each([
    ['140012', 14],
    ['150004', 15],
    ['170009', 17],
    // A fork that numbers itself otherwise.
    ['90624', 9],
  ])('of version %s is refused by its name', async (version, major) => {
    await expect(judged({ version })).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringContaining(
        `PostgreSQL at db.example (port 5432) is of version ${major}; 18 or newer is needed.`,
      ),
    });
  });

  it('that does not say its version is refused', async () => {
    for (const version of ['', 'x'])
      await expect(judged({ version })).rejects.toMatchObject({ code: 'settings-invalid' });
  });

  it('that is a standby is unreachable for now: it may become the primary', async () => {
    await expect(judged({ standby: true })).rejects.toMatchObject({
      code: 'database-unreachable',
      message: expect.stringContaining('is a standby'),
    });
  });

  it.each(['fsync', 'full_page_writes', 'synchronous_commit'])('with %s off is refused', async (name) => {
    await expect(judged({ off: [name] })).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringContaining(`has ${name} off for the role dba`),
    });
  });

  it('may have any other setting off', async () => {
    await expect(judged({ off: ['jit', 'ssl'] })).resolves.toBeUndefined();
  });
});

describe('what stands on it', () => {
  const ours: Found = {
    roles: ['api', 'migrator'],
    database: { owner: 'migrator', encoding: 'UTF8', by_bytes: true },
  };
  it('is ours, or nothing', () => {
    refuseStrangers(ours, target);
    refuseStrangers({ roles: [], database: undefined }, target);
  });

  it.each<[string, Found, RegExp]>([
    ['a role of ours without the migrator', { ...ours, roles: ['api'] }, /the role api of somebody else/],
    [
      'a database that nobody of ours made',
      { ...ours, roles: [] },
      /database sallyport that the role migrator owns/,
    ],
    [
      'another encoding',
      { ...ours, database: { owner: 'migrator', encoding: 'LATIN1', by_bytes: true } },
      /not UTF8/,
    ],
    [
      'another collation',
      { ...ours, database: { owner: 'migrator', encoding: 'UTF8', by_bytes: false } },
      /collation/,
    ],
  ])('is refused: %s', (_what, found, sentence) => {
    expect(() => refuseStrangers(found, target)).toThrow(sentence);
  });
});

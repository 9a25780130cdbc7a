import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { examinePorts } from './ports.ts';
import { readSockets } from './sockets.ts';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (local: string, state: string, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100 0\n`;

describe('tables of the kernel', () => {
  it('tell what waits, and where', () => {
    const v6 = '00000000000000000000000001000000';
    const mapped = '0000000000000000FFFF00000100007F';
    const table = HEAD + line('0100007F:1F90', '0A', 11) + line(`${v6}:0050`, '0A', 12);
    expect(
      readSockets(table + line(`${mapped}:0051`, '0A', 13) + line('00000000:1F91', '01', 14), 'tcp'),
    ).toEqual([
      { protocol: 'tcp', address: '127.0.0.1', port: 8080, inode: '11' },
      { protocol: 'tcp', address: '::1', port: 80, inode: '12' },
      { protocol: 'tcp', address: '127.0.0.1', port: 81, inode: '13' },
    ]);
    expect(readSockets(HEAD + line('00000000:0035', '07', 15), 'udp')).toMatchObject([
      { address: '0.0.0.0' },
    ]);
    expect(readSockets(HEAD, 'tcp')).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['no head', line('0100007F:1F90', '0A', 11)],
    ['a short address', HEAD + line('01007F:1F90', '0A', 11)],
    ['no port', HEAD + line('0100007F', '0A', 11)],
    ['a torn line', `${HEAD}   0: 0100007F:1F90\n`],
  ])('are not read with %s', (_what, table) => expect(readSockets(table, 'tcp')).toBeNull());
});

interface Planted {
  readonly parent: number;
  readonly comm: string;
  readonly seccomp?: string;
  readonly exe?: string;
  readonly cmdline?: string;
  readonly cwd?: string;
  /** Null: the kernel shows them to nobody. */
  readonly inodes: readonly number[] | null;
}

/** As a person names it; the kernel says where that leads. */
const CLUSTER = '/link/service/postgres';

/** A machine of a few processes. */
function machine(tree: Record<number, Planted>, tcp: string, change: Record<string, string> = {}) {
  const gone = () => Object.assign(new Error('gone'), { code: 'ENOENT' });
  const at = (path: string) => tree[Number(path.split('/')[2])];
  return {
    readDir: async (path: string) => {
      if (path === '/proc') return [...Object.keys(tree), 'net', 'self'];
      const inodes = at(path)?.inodes;
      if (!inodes) throw gone();
      return inodes.map(String);
    },
    readLink: async (path: string) => {
      if (path.endsWith('/exe')) return at(path)?.exe ?? '/opt/sallyport';
      if (path.endsWith('/cwd')) return at(path)?.cwd ?? '/';
      return `socket:[${path.split('/').at(-1)}]`;
    },
    realPath: async (path: string) => path.replace('/link/', '/data/'),
    readFile: async (path: string) => {
      if (path === `${CLUSTER}/postmaster.pid`) return change.postmaster ?? '';
      const one = at(path);
      if (!one) throw gone();
      const [name = ''] = path.split('/').slice(3).join('/').split(' ');
      const text: Record<string, string> = {
        stat: `${path.split('/')[2]} (${one.comm}) S ${one.parent} 1 1`,
        status: `Seccomp:\t${one.seccomp ?? 0}\n`,
        cmdline: one.cmdline ?? '--type=utility',
        'net/tcp': tcp,
        'net/udp': HEAD,
        ...change,
      };
      const found = text[name];
      if (found === undefined) throw gone();
      return found;
    },
  };
}

const MAIN = { parent: 1, comm: 'sallyport', inodes: [] };
const API = { parent: 10, comm: 'node (api) x', inodes: [11, 99] };
const TREE = { 10: MAIN, 12: API, 77: { parent: 1, comm: 'other', inodes: [50] } };
const NAMES = [
  { pid: 10, type: 'Browser', name: 'Browser' },
  { pid: 12, type: 'Utility', name: 'Sallyport api' },
  { pid: 13, type: 'Utility', name: 'Sallyport keeper' },
];
const LOOPBACK = HEAD + line('0100007F:1F90', '0A', 11) + line('00000000:0016', '0A', 50);

const look = (proc: ReturnType<typeof machine>, platform = 'linux') =>
  examinePorts({ platform, pid: 10, cluster: CLUSTER, processes: () => NAMES, proc });

describe('open ports', () => {
  it('are those of our own processes, each with its owner', async () => {
    const found = await look(machine(TREE, LOOPBACK));
    expect(found).toMatchObject({ status: 'ok', remedy: null });
    expect(found.evidence).toBe(
      'Of 2 processes (main, its database, all below them): Sallyport api (12) at tcp 127.0.0.1:8080.',
    );
    expect((await look(machine({ 10: MAIN }, HEAD))).evidence).toContain('none listens');
  });

  it.each([
    ['the network reaches', TREE, HEAD + line('00000000:1F90', '0A', 11)],
    ['main has', { ...TREE, 10: { ...MAIN, inodes: [60] } }, LOOPBACK + line('0100007F:2000', '0A', 60)],
    ['the keeper has', { ...TREE, 13: { ...API, inodes: [60] } }, LOOPBACK + line('0100007F:2000', '0A', 60)],
    [
      'a grandchild has',
      { ...TREE, 14: { parent: 12, comm: 'postgres', inodes: [60] } },
      LOOPBACK + line('0100007F:1538', '0A', 60),
    ],
  ])('fail with one that %s', async (_what, tree, tcp) => {
    const found = await look(machine(tree, tcp));
    expect(found.status).toBe('failed');
    expect(found.remedy).not.toBeNull();
  });

  it('are not those of another console that this one started', async () => {
    const practice = { parent: 10, comm: 'sallyport', cmdline: '--user-data-dir=x', inodes: [60] };
    const tcp = LOOPBACK + line('00000000:2000', '0A', 60);
    expect((await look(machine({ ...TREE, 15: practice }, tcp))).status).toBe('ok');
    // Another program that is started like one is ours to answer for.
    expect((await look(machine({ ...TREE, 15: { ...practice, exe: '/bin/sh' } }, tcp))).status).toBe(
      'failed',
    );
  });

  it('are those of its database too, also when init has it since a crash', async () => {
    const postgres = { parent: 1, comm: 'postgres', cwd: '/data/service/postgres', inodes: [60] };
    const tree = { ...TREE, 20: postgres, 21: { parent: 20, comm: 'postgres', inodes: [] } };
    const tcp = LOOPBACK + line('0100007F:1538', '0A', 60);
    const named = { postmaster: '20\n/data/service/postgres\n1700000000\n' };
    expect(await look(machine(tree, tcp, named))).toMatchObject({
      status: 'failed',
      evidence: expect.stringContaining('postgres (20) at tcp 127.0.0.1:5432'),
    });
    expect((await look(machine(tree, LOOPBACK, named))).evidence).toContain('Of 4 processes');
    // Started by our own service it is there once.
    const ours = { ...tree, 20: { ...postgres, parent: 12 } };
    expect((await look(machine(ours, LOOPBACK, named))).evidence).toContain('Of 4 processes');
    // A file from before the machine's start names a stranger.
    const stranger = { ...tree, 20: { ...postgres, cwd: '/var/lib/other' } };
    expect((await look(machine(stranger, tcp, named))).evidence).toContain('Of 2 processes');
    expect((await look(machine({ 12: API, 20: postgres }, tcp, named))).status).toBe('unknown');
  });

  it('are ok with a process that hides because it is confined, and unknown with one that is not', async () => {
    const hidden = { parent: 10, comm: 'page', inodes: null };
    const confined = await look(machine({ ...TREE, 16: { ...hidden, seccomp: '2' } }, LOOPBACK));
    expect(confined.status).toBe('ok');
    // A container filters the calls of everybody, and says of nobody why nothing can be read of it.
    const inherited = '2\nSeccomp_filters:\t1';
    const inside = { ...TREE, 10: { ...MAIN, seccomp: inherited } };
    for (const tree of [
      { ...TREE, 16: hidden },
      { ...TREE, 16: { ...hidden, seccomp: '' } },
      { ...inside, 16: { ...hidden, seccomp: inherited } },
      { ...inside, 16: { ...hidden, seccomp: '2' } },
    ]) {
      const open = await look(machine(tree, LOOPBACK));
      expect(open.status).toBe('unknown');
      expect(open.evidence).toContain('page');
    }
    const own = { ...hidden, seccomp: '2\nSeccomp_filters:\t2' };
    expect((await look(machine({ ...inside, 16: own }, LOOPBACK))).status).toBe('ok');
  });

  it('are never ok where a table cannot be read, or there is none', async () => {
    expect((await look(machine(TREE, LOOPBACK, { 'net/tcp': 'damaged' }))).status).toBe('unknown');
    expect((await look(machine(TREE, LOOPBACK, { 'net/tcp6': 'damaged' }))).status).toBe('unknown');
    expect((await look(machine({ 12: API }, LOOPBACK))).status).toBe('unknown');
    expect((await look(machine(TREE, LOOPBACK), 'darwin')).status).toBe('unknown');
  });

  it.runIf(process.platform === 'linux')('are found on this very machine', async () => {
    const code = `const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))`;
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [port] = await once(child.stdout, 'data');
      const proc = {
        readFile: (path: string) => readFile(path, 'utf8'),
        readDir: readdir,
        readLink: readlink,
        realPath: (path: string) => realpath(path),
      };
      const pid = child.pid ?? 0;
      const seen = (name: string) =>
        examinePorts({
          ...{ platform: 'linux', pid, proc, cluster: '' },
          processes: () => [{ pid, type: 'Utility', name }],
        });
      expect((await seen('Sallyport api')).evidence).toContain(`127.0.0.1:${String(port).trim()}`);
      expect((await seen('Sallyport keeper')).status).toBe('failed');
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });
});

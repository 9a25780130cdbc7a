/**
 * Whether the scan plane of a service that root starts is shut out of everything that is the service's: proved as root by
 * `npm test`, before it gives up root, with the users, the folder, the warden and the privileges of a real start. Only the
 * program in the place of the resolver is another one: it tries what a resolver that was taken over would.
 * Usage: node --test build/session/scans.root.mjs
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { isRoot } from '../paths.mjs';
import { run } from '../setup/run.mjs';
import { openScans } from './scans.mjs';
import { dropTo, handOver, scansUser, unprivilegedUser } from './user.mjs';

/** Says who it is, and what became of each try: `done`, or the name of the error. */
const INTRUDER = `
const fs = require('node:fs');
const { spawn } = require('node:child_process');
const { connect } = require('node:net');
const attempt = (act) => { try { act(); return 'done'; } catch ({ code }) { return code; } };
const open = (path) => new Promise((done) => {
  const socket = connect(path, () => done('done'));
  socket.on('error', ({ code }) => done(code));
});
process.on('message', async ({ data, sockets, pid, uid }) => {
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  const of = (name) => new RegExp('^' + name + ':[ \\\\t]*(.*?)[ \\\\t]*$', 'm').exec(status)?.[1];
  process.send({
    who: [process.getuid(), process.getgid(), of('Groups'), of('CapBnd'), of('CapEff'), of('NoNewPrivs')],
    refused: {
      list: attempt(() => fs.readdirSync(data)),
      rootKey: attempt(() => fs.readFileSync(data + '/root.key')),
      export: attempt(() => fs.readFileSync(data + '/mint-exports/x')),
      write: attempt(() => fs.writeFileSync(data + '/x', '')),
      admin: await open(data + '/admin.sock'),
      environment: attempt(() => fs.readFileSync('/proc/' + pid + '/environ')),
      memory: attempt(() => fs.closeSync(fs.openSync('/proc/' + pid + '/mem'))),
      signal: attempt(() => process.kill(pid, 0)),
      become: attempt(() => process.setuid(uid)),
      database: attempt(() => fs.writeFileSync(sockets + '/x', '')),
      neighbours: attempt(() => fs.readdirSync(sockets)),
    },
    left: spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env: {}, stdio: 'ignore' }).pid,
    granted: await open(sockets + '/.s.PGSQL.5432'),
  });
});
`;

/** Refused by the system: by a mode, or, to become another user, by having no capability. */
const REFUSED = ['EACCES', 'EPERM'];

/** @param {string} path @param {{ uid: number, gid: number }} owner @param {number} mode */
async function listenAt(path, owner, mode) {
  const server = createServer((socket) => socket.end());
  await new Promise((done) => server.listen(path, () => done(null)));
  chownSync(path, owner.uid, owner.gid);
  chmodSync(path, mode);
  return server;
}

/** A project with one program in it, open to all. @param {string} base */
function stageOf(base) {
  for (const folder of ['build/session', 'out/service']) mkdirSync(join(base, folder), { recursive: true });
  copyFileSync(
    join(import.meta.dirname, 'scans-warden.mjs'),
    join(base, 'build', 'session', 'scans-warden.mjs'),
  );
  writeFileSync(join(base, 'out', 'service', 'resolver.js'), INTRUDER);
  return base;
}

/** A data directory as the service leaves it. @param {string} data @param {import('./user.mjs').User} service */
async function fill(data, service) {
  await handOver(data, service);
  mkdirSync(join(data, 'mint-exports'), { mode: 0o700 });
  for (const name of ['root.key', 'mint-exports/x'])
    writeFileSync(join(data, name), 'secret', { mode: 0o600 });
  for (const name of ['mint-exports', 'root.key', 'mint-exports/x'])
    chownSync(join(data, name), service.uid, service.gid);
}

test('the scan plane of a service that root starts is shut out of what is the service’s', {
  skip: isRoot() ? false : 'only root can start a process as another user',
  timeout: 60_000,
}, async (context) => {
  process.umask(0o022);
  const [service, scans] = [await unprivilegedUser(), await scansUser()];
  const base = mkdtempSync(join(tmpdir(), 'sallyport-scans-'));
  chmodSync(base, 0o755);
  context.after(() => rmSync(base, { recursive: true, force: true }));
  const data = join(base, 'data');
  await fill(data, service);
  const admin = await listenAt(join(data, 'admin.sock'), service, 0o600);
  const [file = '', ...args] = [...dropTo(service), 'sleep', '60'];
  const victim = spawn(file, args, { stdio: 'ignore' });
  const plane = await openScans({ dataDir: data, root: stageOf(join(base, 'stage')), id: 'proof', service });
  const answers = createInterface({ input: plane.door })[Symbol.asyncIterator]();
  const ask = async (/** @type {object[]} */ ...orders) => {
    for (const order of orders) plane.door.write(`${JSON.stringify(order)}\n`);
    return JSON.parse((await answers.next()).value);
  };
  const { sockets } = await ask({ do: 'meet' });
  const database = await listenAt(
    join(sockets, '.s.PGSQL.5432'),
    { uid: service.uid, gid: scans.gid },
    0o660,
  );
  let left = 0;
  try {
    const goal = { data, sockets, pid: victim.pid, uid: service.uid };
    const { pid } = await ask({ do: 'fork', n: 1 }, { do: 'send', n: 1, message: goal });
    assert.ok(pid > 1);
    const { message } = JSON.parse((await answers.next()).value);
    left = message.left;
    assert.ok(existsSync(`/proc/${left}`));
    assert.deepEqual(message.who, [scans.uid, scans.gid, '', '0'.repeat(16), '0'.repeat(16), '1']);
    assert.notEqual(scans.uid, service.uid);
    for (const [what, became] of Object.entries(message.refused))
      assert.ok(REFUSED.includes(became), `${what}: ${became}`);
    assert.equal(message.granted, 'done');
    // What was refused is there, and whose it is reads it.
    const [reader = '', ...reads] = [...dropTo(service), 'cat', join(data, 'root.key')];
    assert.equal((await run(reader, reads)).output, 'secret');
  } finally {
    admin.close();
    database.close();
    victim.kill('SIGKILL');
    await plane.close();
  }
  // With an empty environment it would have outlived the warden.
  const state = existsSync(`/proc/${left}`) ? readFileSync(`/proc/${left}/stat`, 'latin1') : '';
  assert.match(state, /^$|\) Z/);
});

/**
 * The warden of the scan plane: runs as that plane's own system user, and starts the resolver when the launcher, which is
 * another user, says so. It knows one program; messages and keys of the resolver pass through it and are not looked at.
 * When the launcher is gone it ends, and the resolver with it.
 * Usage: node scans-warden.mjs '{"sockets", "folder"}', the launcher's end as descriptor 3
 */
import { fork } from 'node:child_process';
import { Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** @typedef {{ do: 'meet' } | { do: 'fork' | 'kill', n: number } | { do: 'send', n: number, message: import('node:child_process').Serializable }} Order */

/** @type {{ sockets: string, folder: string }} */
const { sockets, folder } = JSON.parse(process.argv[2] ?? '{}');
const launcher = new Socket({ fd: 3, readable: true, writable: true });

/** @type {Map<number, import('node:child_process').ChildProcess>} */
const children = new Map();

/** @param {object} message */
const tell = (message) => void launcher.write(`${JSON.stringify(message)}\n`);

/** @param {number} n */
function start(n) {
  const child = fork(join(folder, 'resolver.js'), [], { execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
  children.set(n, child);
  const gone = () => {
    if (children.delete(n)) tell({ is: 'gone', n });
  };
  child.on('error', () => (child.pid === undefined ? gone() : undefined));
  child.on('spawn', () => tell({ is: 'forked', n, pid: child.pid }));
  child.on('message', (message) => tell({ is: 'said', n, message }));
  child.once('exit', gone);
}

/** @param {Order} order */
function obey(order) {
  if (order.do === 'meet') return tell({ is: 'here', pid: process.pid, user: userInfo().username, sockets });
  if (order.do === 'fork') return start(order.n);
  const child = children.get(order.n);
  if (order.do === 'kill') child?.kill('SIGKILL');
  else if (order.do === 'send' && child?.connected) child.send(order.message, () => undefined);
}

let rest = '';
launcher.setEncoding('utf8');
launcher.on('data', (/** @type {string} */ text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) obey(JSON.parse(line));
});
launcher.on('error', () => undefined);
// Its process port closes with us, and the resolver stops as it does when any parent is gone.
launcher.on('close', () => process.exit(0));

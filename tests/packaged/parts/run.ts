import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'playwright/test';
import { DataFolder } from '../../e2e/parts/console.ts';
import { pidsBelow } from '../../e2e/parts/processes.ts';
import { packaged } from './shipped.ts';

/** How long a refused console may take to leave before it is ended. */
const PATIENCE_MS = 5_000;

/** The shipped console, started as a shell would: nobody drives it, it is only looked at. */
export class Shipped implements AsyncDisposable {
  readonly data = new DataFolder();
  readonly #child: ChildProcess;
  #said = '';

  constructor(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(packaged('package').executable, [`--user-data-dir=${this.data.path}`, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hear = (bytes: Buffer) => {
      this.#said += bytes;
    };
    this.#child.stdout?.on('data', hear);
    this.#child.stderr?.on('data', hear);
  }

  /** Everything it wrote to the terminal. */
  get said(): string {
    return this.#said;
  }

  pids(text = ''): number[] {
    return pidsBelow(this.#child.pid ?? -1, text);
  }

  log(): string {
    const path = join(this.data.path, 'logs', 'main.log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** Waits until it runs as a console does: main, a page, the keeper. */
  async isOpen(): Promise<void> {
    await expect.poll(() => this.log(), { timeout: 20_000 }).toContain('"packaged":true');
    await expect.poll(() => this.pids('--type=renderer').length, { timeout: 20_000 }).toBeGreaterThan(0);
    await expect.poll(() => this.pids('node.mojom.NodeService').length, { timeout: 20_000 }).toBe(1);
  }

  /** @returns the exit code, once it has left; null when a signal ended it */
  ended(): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      return Promise.resolve(this.#child.exitCode);
    return new Promise((resolve) => this.#child.once('exit', resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = this.ended();
    this.#child.kill('SIGTERM');
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS);
    await gone;
    clearTimeout(patience);
    this.data[Symbol.dispose]();
  }
}

/** State of a socket that waits for connections, in /proc/net/tcp (include/net/tcp_states.h). */
const LISTEN = '0A';

/** Inodes of every TCP socket of this machine that waits for connections. */
const listeningInodes = (): Set<string> =>
  new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .flatMap((fields) => (fields[3] === LISTEN && fields[9] ? [fields[9]] : [])),
    ),
  );

/** @returns the TCP sockets, by inode, on which these processes wait for connections */
export function listeners(pids: readonly number[]): string[] {
  const waiting = listeningInodes();
  return pids.flatMap((pid) => {
    const folder = `/proc/${pid}/fd`;
    // A process may end between being listed and being looked at.
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.flatMap((name) => {
      try {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(join(folder, name)))?.[1];
        return inode && waiting.has(inode) ? [inode] : [];
      } catch {
        return [];
      }
    });
  });
}

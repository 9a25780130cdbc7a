import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsRotation, begun } from '../../tests/fixtures/aws-rotation.ts';
import { type AwsPeer, startAwsPeer } from '../../tests/fixtures/secret-versions.ts';
import { createVault, disposableDirectory, PASSPHRASE, vaultAt } from '../../tests/fixtures/vault.ts';
import { PRIVATE_HALF } from '../custody/key-formats.ts';
import type { KeeperToMain, MainToKeeper } from '../keeper/protocol.ts';
import { Wires } from '../keeper/wires.ts';
import { joinWires } from './wires.ts';

// Argon2id at 64 MiB is real here.
vi.setConfig({ testTimeout: 60_000 });

const HOST = 'secretsmanager.eu-test-1.amazonaws.com';

/** Both ends of the carriage with main's port between them, and what main saw. */
function carriage(port: number, closed: string | null = null) {
  const dialled: string[] = [];
  const sockets: Socket[] = [];
  const seen: Uint8Array[] = [];
  const passedOn: KeeperToMain[] = [];
  let fromKeeper: (message: KeeperToMain) => void = () => undefined;
  let exit = (): void => undefined;
  const wires = new Wires((message) => {
    if ('bytes' in message) seen.push(message.bytes);
    fromKeeper(message);
  });
  const joined = joinWires(
    {
      pid: 1,
      post: (message: MainToKeeper) => {
        if ('bytes' in message) seen.push(message.bytes);
        if (message.type === 'wire') wires.handle(message);
      },
      onMessage: (listener) => {
        fromKeeper = listener;
      },
      onExit: (listener) => {
        exit = listener;
      },
      kill: () => undefined,
    },
    {
      closed: () => closed,
      dial: (host) => {
        dialled.push(host);
        const socket = connect(port, '127.0.0.1');
        sockets.push(socket);
        return socket;
      },
    },
  );
  joined.onMessage((message) => passedOn.push(message));
  return { wires, joined, dialled, sockets, seen: () => Buffer.concat(seen), passedOn, exit: () => exit() };
}

const endOf = (stream: ReturnType<Wires['dial']>): Promise<string> =>
  new Promise((resolve) => {
    stream.once('error', ({ message }) => resolve(message));
    stream.once('end', () => resolve('ended'));
    stream.resume();
  });

describe('what main carries for the keeper', () => {
  let peer: AwsPeer;
  beforeEach(async () => {
    peer = await startAwsPeer();
  });
  afterEach(() => peer.close());

  it('reaches AWS and shows main neither the key nor the access key nor the name of the secret', async () => {
    await using directory = await disposableDirectory();
    await createVault(directory.path);
    const vault = await vaultAt(directory.path).unlock(PASSPHRASE, { acceptOlder: false });
    const { wires, dialled, seen, passedOn } = carriage(peer.port);
    const rotation = awsRotation(directory.path, vault, { dial: wires.dial, roots: peer.wire.roots });
    await begun(rotation, vault, 3);
    const { [PRIVATE_HALF]: key = '' } = JSON.parse(peer.versions.text('AWSCURRENT')) as Record<
      string,
      string
    >;
    expect(new Set(dialled)).toEqual(new Set([HOST]));
    expect(seen().length).toBeGreaterThan(10_000);
    expect(key).not.toBe('');
    for (const secret of [key, 'test-secret-of-aws', 'AKIATEST', 'payer-AbC123', 'GetSecretValue'])
      expect(seen().includes(secret)).toBe(false);
    expect(passedOn).toEqual([]);
    const { uses } = await vault.holdings.journal.recent(100);
    expect(uses.map(({ action, item }) => `${action} ${item?.type}`)).toEqual(
      expect.arrayContaining(['import wallet-key', 'sign provider-secret']),
    );
  });

  it.each([
    'example.com',
    'secretsmanager.eu-test-1.amazonaws.com.example.com',
    'secretsmanager.eu-test-1.amazonaws.com:8443',
    'x.secretsmanager.eu-test-1.amazonaws.com',
    '127.0.0.1',
    '169.254.169.254',
    '',
  ])('goes to no other host: %s', async (host) => {
    const { wires, dialled } = carriage(peer.port);
    expect(await endOf(wires.dial(host))).toBe('main carries nothing to that host');
    expect(dialled).toEqual([]);
  });

  it('goes nowhere in the air gap, and says why', async () => {
    const { wires, dialled } = carriage(peer.port, 'The air gap is on');
    expect(await endOf(wires.dial(HOST))).toBe('The air gap is on');
    expect(dialled).toEqual([]);
  });

  it('ends with the keeper, whichever way that ends', async () => {
    for (const end of ['exit', 'kill'] as const) {
      const { wires, sockets, joined, exit } = carriage(peer.port);
      wires.dial(HOST).on('error', () => undefined);
      if (end === 'kill') joined.kill();
      else exit();
      expect(sockets[0]?.destroyed).toBe(true);
    }
  });

  it('is cut when more arrives than a secret has, or nobody is there', async () => {
    const flood = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(Buffer.alloc(2 * 1024 * 1024));
    });
    await new Promise<void>((resolve) => flood.listen(0, '127.0.0.1', resolve));
    const { port } = flood.address() as { port: number };
    expect(await endOf(carriage(port).wires.dial(HOST))).toContain('more than a secret has');
    await new Promise((resolve) => flood.close(resolve));
    expect(await endOf(carriage(port).wires.dial(HOST))).toContain('cannot be reached');
  });
});

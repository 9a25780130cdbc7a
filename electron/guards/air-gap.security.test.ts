import { createSocket, Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { Server, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { askingArguments, isAirGapAsked, wayIntoAirGap } from './air-gap.ts';
import { closeDoors } from './doors.ts';
import { isEmpty } from './network-probe.ts';

const ELECTRON = '/opt/sallyport/sallyport';
const linux = (exit: number | null = 0, tried: string[][] = []) => ({
  platform: 'linux' as const,
  execPath: ELECTRON,
  run: (program: string, args: readonly string[]) => {
    tried.push([program, ...args]);
    return exit;
  },
});

describe('the way into the air gap', () => {
  it('starts the same console with its arguments, as the same user, in an empty network', () => {
    const tried: string[][] = [];
    const argv = [ELECTRON, '--user-data-dir=/data', '--air-gap'];
    expect(wayIntoAirGap(argv, linux(0, tried))).toEqual({
      execPath: '/usr/bin/env',
      args: [
        ...['unshare', '--user', '--map-current-user', '--net', '--'],
        ...[ELECTRON, '--user-data-dir=/data', '--air-gap=entered'],
      ],
    });
    expect(tried).toEqual([['unshare', '--user', '--map-current-user', '--net', '--', 'true']]);
  });

  it('is not taken without being asked, twice, elsewhere than on Linux, or where the system forbids it', () => {
    const asked = [ELECTRON, '--air-gap'];
    expect(wayIntoAirGap([ELECTRON], linux())).toBeNull();
    expect(wayIntoAirGap([ELECTRON, '--air-gap=entered'], linux())).toBeNull();
    expect(wayIntoAirGap(asked, { ...linux(), platform: 'darwin' })).toBeNull();
    for (const exit of [1, null]) expect(wayIntoAirGap(asked, linux(exit))).toBeNull();
  });

  it('is asked for by a switch in any spelling that Chromium takes, and by the screen once', () => {
    for (const one of ['--air-gap', '-air-gap', '--AIR-GAP', '--air-gap=entered'])
      expect(isAirGapAsked([ELECTRON, one])).toBe(true);
    for (const one of ['--air-gapped', 'air-gap', '--no-air-gap'])
      expect(isAirGapAsked([ELECTRON, one])).toBe(false);
    expect(askingArguments([ELECTRON, 'app', '--air-gap=entered', '--air-gap'])).toEqual([
      'app',
      '--air-gap',
    ]);
  });
});

describe('a network', () => {
  const empty = { interfaces: ['lo'], up: [], outside: 'ENETUNREACH' };
  it('is empty with a loopback that is down and no way out', () => expect(isEmpty(empty)).toBe(true));
  it.each([
    ['another interface', { ...empty, interfaces: ['lo', 'wlan0'] }],
    ['a loopback that is up', { ...empty, up: ['lo'] }],
    ['a connection', { ...empty, outside: 'connected' }],
    ['a firewall that refuses', { ...empty, outside: 'ECONNREFUSED' }],
    ['a firewall that drops', { ...empty, outside: 'timeout' }],
  ])('is not empty with %s', (_name, network) => expect(isEmpty(network)).toBe(false));
});

describe('the doors of the app', () => {
  /** Classes of this test: Node's own stay as they are for whatever else runs in this process. */
  function closedDoors() {
    class Plain extends Socket {}
    class Listening extends Server {}
    class Datagram extends DatagramSocket {}
    closeDoors({ Socket: Plain, Server: Listening, Datagram });
    return { Plain, Listening, Datagram };
  }

  it('are closed to every address, this machine’s own included', async () => {
    const { Plain, Listening, Datagram } = closedDoors();
    for (const target of [{ host: '127.0.0.1', port: 9 }, { host: '1.1.1.1', port: 443 }, { port: 9 }]) {
      const socket = new Plain();
      socket.connect(target);
      const [error] = await once(socket, 'error');
      expect(error).toMatchObject({ code: 'ENETUNREACH' });
    }
    const named = new Plain();
    named.connect(443, 'example.com');
    expect((await once(named, 'error'))[0].message).toContain('air gap');
    for (const where of [{ port: 0 }, { host: '127.0.0.1', port: 0 }])
      expect(() => new Listening().listen(where)).toThrow('air gap');
    expect(() => new Listening().listen(0)).toThrow('air gap');
    const given = createSocket('udp4');
    onTestFinished(() => void given.close());
    for (const verb of ['send', 'bind', 'connect'])
      expect(() =>
        Reflect.apply(Reflect.get(Datagram.prototype, verb), given, ['x', 9, '127.0.0.1']),
      ).toThrow('air gap');
  });

  it('stay open to a socket of this machine', async () => {
    await using directory = await disposableDirectory();
    const { Plain, Listening } = closedDoors();
    const path = `${directory.path}.socket`;
    const server = new Listening();
    onTestFinished(() => void server.close());
    server.listen(path);
    await once(server, 'listening');
    const socket = new Plain();
    onTestFinished(() => void socket.destroy());
    socket.connect({ path });
    await once(socket, 'connect');
    expect(socket.destroyed).toBe(false);
  });
});

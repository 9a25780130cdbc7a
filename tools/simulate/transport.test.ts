import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTransport, type Transport } from './transport.ts';

let server: Server;
let transport: Transport;
const seen: { address: string | undefined; authorization: string | undefined; url: string | undefined }[] =
  [];

const listen = (host: string) =>
  new Promise<string>((resolve) => {
    server.listen(0, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`));
  });

beforeEach(() => {
  seen.length = 0;
  server = createServer((request: IncomingMessage, response) => {
    const { url, socket, headers } = request;
    seen.push({ address: socket.remoteAddress, authorization: headers.authorization, url });
    response.writeHead(url === '/slow-down' ? 429 : 200, url === '/slow-down' ? { 'retry-after': '7' } : {});
    response.end('{}');
  });
});
afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  server.close();
});

describe('a transport', () => {
  it('gives each client an address of its own where the system has them', async () => {
    transport = await createTransport(await listen('127.0.0.1'));
    await transport.send({ path: '/a', authorization: 'Bearer x', from: '127.1.0.7' });
    await transport.send({ path: '/b', authorization: null, from: '127.2.0.7' });
    const addresses = seen.map(({ address }) => address);
    expect(addresses).toEqual(transport.spread ? ['127.1.0.7', '127.2.0.7'] : ['127.0.0.1', '127.0.0.1']);
    expect(seen.map(({ authorization, url }) => [url, authorization])).toEqual([
      ['/a', 'Bearer x'],
      ['/b', undefined],
    ]);
  });

  it('says status and patience', async () => {
    transport = await createTransport(await listen('127.0.0.1'));
    const from = '127.1.0.7';
    expect(await transport.send({ path: '/', authorization: null, from })).toEqual({
      status: 200,
      retryAfterSeconds: null,
    });
    expect(await transport.send({ path: '/slow-down', authorization: null, from })).toEqual({
      status: 429,
      retryAfterSeconds: 7,
    });
  });

  it('says when nobody answers', async () => {
    const api = await listen('127.0.0.1');
    transport = await createTransport(api);
    await new Promise((resolve) => server.close(resolve));
    expect(await transport.send({ path: '/', authorization: null, from: '127.1.0.7' })).toEqual({
      status: null,
      retryAfterSeconds: null,
    });
  });
});

import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { standardError } from '../fixtures/raw-http.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

let api: TestApi;
let port: number;

beforeEach(async () => {
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  await api.publicApp.listen({ host: '127.0.0.1', port: 0 });
  port = (api.publicApp.server.address() as AddressInfo).port;
});
afterEach(() => api.close());

/** Sends the beginning of a request and then one byte after the other, until the service has had enough. */
async function dribble(start: string): Promise<{ answer: string; seconds: number }> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => undefined);
  const began = performance.now();
  socket.write(start);
  const drip = setInterval(() => socket.writable && socket.write('x'), 200);
  await once(socket, 'close');
  clearInterval(drip);
  return { answer, seconds: (performance.now() - began) / 1000 };
}

describe('a client that sends one byte after the other', () => {
  it('is dropped, in its headers after 5 s and in its body after 10 s, and holds up nobody meanwhile', async () => {
    const slow = Promise.all([
      dribble('GET /healthz HTTP/1.1\r\nhost: x\r\na: '),
      dribble(
        `POST /api/keys HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${api.adminToken}\r\ncontent-length: 5000\r\n\r\n`,
      ),
    ]);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const [headers, body] = await slow;
    expect(standardError(headers.answer)).toEqual({ status: 400, type: 'bad_request' });
    expect(headers.seconds).toBeLessThan(8);
    expect(body.seconds).toBeLessThan(13);
  });
});

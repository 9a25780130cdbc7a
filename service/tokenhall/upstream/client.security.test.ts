import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokenhallSettings } from '../../../shared/service/tokenhall-settings.ts';
import { baseUrlsOf } from '../routing/base-urls.ts';
import { createUpstreamClient, namedFailure, readBounded, type UpstreamClient } from './client.ts';
import { judgeAnswer } from './judge.ts';

let server: Server;
let port: number;
let asked: string[];
let client: UpstreamClient | undefined;
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/moved')
      response.writeHead(307, { location: `http://127.0.0.1:${port}/secret` }).end();
    else if (request.url === '/large') response.end('x'.repeat(10_000));
    else response.writeHead(400).end(JSON.stringify({ error: { message: 'no: sk-canary-key is wrong' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  await client?.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const open = (privateNetworks: string[]): UpstreamClient => {
  client = createUpstreamClient(tokenhallSettings.parse({ privateNetworks }));
  return client;
};

const send = (to: UpstreamClient, url: string) => {
  const signal = AbortSignal.timeout(5_000);
  return to.send({ url, headers: { authorization: 'Bearer sk-canary-key' }, body: '{}', signal });
};

describe('a private address', () => {
  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])(
    '%s is never connected to unless its network is configured',
    async (host) => {
      const refused = await send(open([]), `http://${host}:${port}/`).catch((error) =>
        namedFailure(error, false),
      );
      expect(refused).toMatchObject({ code: 'address-refused' });
      expect(asked).toEqual([]);
    },
  );

  it('is, when it is', async () => {
    expect((await send(open(['127.0.0.0/8']), `http://127.0.0.1:${port}/`)).status).toBe(400);
  });
});

describe('a redirect', () => {
  it('is not followed, and is a failure', async () => {
    const answer = await send(open(['127.0.0.0/8']), `http://127.0.0.1:${port}/moved`);
    expect(await judgeAnswer(answer, 'sk-canary-key')).toMatchObject({ code: 'failed' });
    expect(asked).toEqual(['/moved']);
  });
});

describe('an answer', () => {
  it('is read no further than its limit', async () => {
    const { body } = await send(open(['127.0.0.0/8']), `http://127.0.0.1:${port}/large`);
    await expect(readBounded(body, 1_000)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('that quotes the provider’s key is passed on without it', async () => {
    const answer = await send(open(['127.0.0.0/8']), `http://127.0.0.1:${port}/`);
    const refusal = await judgeAnswer(answer, 'sk-canary-key');
    expect(refusal).toMatchObject({ code: 'refused', message: 'the provider answers 400: no: … is wrong' });
  });
});

describe('a base URL', () => {
  const urls =
    (openai: string, allowedHosts: string[], plainHttp = false) =>
    () =>
      baseUrlsOf(
        tokenhallSettings.parse({
          baseUrls: { openai },
          allowedHosts: [...allowedHosts, 'api.anthropic.com', 'openrouter.ai'],
        }),
        plainHttp,
      );

  it('is one whose host is allowed', () => {
    expect(urls('https://api.openai.com/v1', ['api.openai.com'])().openai.host).toBe('api.openai.com');
    expect(urls('http://127.0.0.1:9/v1', ['127.0.0.1:9'], true)().openai.protocol).toBe('http:');
  });

  it.each([
    ['https://evil.example/v1', ['api.openai.com']],
    ['https://api.openai.com.evil.example/v1', ['api.openai.com']],
    ['https://api.openai.com@evil.example/v1', ['api.openai.com']],
    ['https://user:pw@api.openai.com/v1', ['api.openai.com']],
    ['https://api.openai.com:444/v1', ['api.openai.com']],
    ['http://api.openai.com/v1', ['api.openai.com']],
    ['file:///etc/passwd', ['']],
    ['https://api.openai.com/v1?x=1', ['api.openai.com']],
    ['nonsense', ['api.openai.com']],
  ])('%s stops the service', (url, hosts) => {
    expect(urls(url, hosts)).toThrow(expect.objectContaining({ code: 'base-url-refused' }));
  });
});

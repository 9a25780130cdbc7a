import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openExport } from './export-connection.ts';

let folder = '';
let agent: Agent;
let server: Server | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-export-'));
});
afterEach(async () => {
  await agent?.destroy();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  rmSync(folder, { recursive: true, force: true });
});

async function served(handler: RequestListener) {
  const socketPath = join(folder, 'admin.sock');
  server = createServer(handler);
  await new Promise<void>((resolve) => server?.listen(socketPath, resolve));
  agent = new Agent({ connect: { socketPath } });
  return openExport({
    agent: async () => agent,
    origin: () => 'http://admin.test',
    token: () => 'admin-token',
  });
}

const signal = () => new AbortController().signal;

describe('the connection of an export', () => {
  it('asks with the filters and the token, and tells the total and the bytes', async () => {
    const asked: unknown[] = [];
    const open = await served((request, response) => {
      asked.push([request.url, request.headers.authorization]);
      response.writeHead(200, { 'x-sallyport-total': '3' }).end('a\nb\nc\n');
    });
    const filter = { category: 'key', text: 'ü&x=1' };
    const { body, total } = await open({ format: 'csv', withhold: 'redactable', filter }, signal());
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    expect([Buffer.concat(chunks).toString(), total]).toEqual(['a\nb\nc\n', 3]);
    expect(asked).toEqual([
      [
        '/api/logs/ledger/export?category=key&text=%C3%BC%26x%3D1&format=csv&withhold=redactable',
        'Bearer admin-token',
      ],
    ]);
  });

  it('asks for reports, and for the bundle of one by the incident’s id', async () => {
    const asked: unknown[] = [];
    const open = await served((request, response) => {
      asked.push(request.url);
      response.writeHead(200).end('x');
    });
    const incidentId = `inc_${'0'.repeat(26)}`;
    await open({ report: 'incident', incidentId, format: 'pdf', zone: 'Europe/Berlin' }, signal());
    await open({ report: 'incident-evidence', incidentId }, signal());
    await open({ report: 'asvs', format: 'csv' }, signal());
    expect(asked).toEqual([
      `/api/incidents/${incidentId}/report?format=pdf&zone=Europe%2FBerlin`,
      `/api/incidents/${incidentId}/evidence`,
      '/api/boundaries/asvs?format=csv',
    ]);
  });

  it.each(['x', '-1', '1e9', '9'.repeat(40)])('knows no total of %s', async (said) => {
    const open = await served((_request, response) =>
      response.writeHead(200, { 'x-sallyport-total': said }).end(''),
    );
    const { total } = await open({ format: 'csv', withhold: 'nothing', filter: {} }, signal());
    expect(total).toBeNull();
  });

  it('says that the service refused', async () => {
    const open = await served((_request, response) => response.writeHead(500).end('secret trace'));
    const opened = open({ format: 'csv', withhold: 'nothing', filter: {} }, signal());
    await expect(opened).rejects.toMatchObject({
      code: 'request-failed',
      message: 'The service refused the export (500).',
    });
  });

  it('sends nothing for filters that the route does not take', async () => {
    const open = await served(() => expect.fail('it asked'));
    const filter = { category: 'no such category' };
    const opened = open({ format: 'csv', withhold: 'nothing', filter }, signal());
    await expect(opened).rejects.toMatchObject({ code: 'invalid-payload' });
  });
});

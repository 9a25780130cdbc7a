import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The provider of row P7, the same for both gateways: it answers every chat completion at once with the same bytes, so that what
 * is measured is what stands before it. Tells its parent its port and ends with it.
 */
const base = { id: 'chatcmpl-1', created: 1, model: 'gpt-bench' };
const usage = { prompt_tokens: 12, completion_tokens: 16, total_tokens: 28 };
const words = Array.from({ length: 16 }, (_, i) => `word${i} `);

const message = { role: 'assistant', content: words.join('') };
const WHOLE = JSON.stringify({
  ...{ ...base, object: 'chat.completion', usage },
  choices: [{ index: 0, message, finish_reason: 'stop' }],
});

const chunk = (choices: object[], more: object = {}) =>
  `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
const delta = (content: string) => chunk([{ index: 0, delta: { content }, finish_reason: null }]);
const EVENTS = [
  ...words.map(delta),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  chunk([], { usage }),
  'data: [DONE]\n\n',
];

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    if (!Buffer.concat(parts).includes('"stream":true'))
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(WHOLE);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of EVENTS) response.write(event);
    response.end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'ready', port: (server.address() as AddressInfo).port });
});
process.on('message', () => process.exit(0));
process.on('disconnect', () => process.exit(0));

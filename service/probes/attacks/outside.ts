import { randomUUID } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { routeOf } from '../../../shared/http/table.ts';
import { type Attacks, bearer, type Ground } from '../attack.ts';
import { broken, held, mustRefuse, unavailable, type Verdict, worstOf } from '../verdict.ts';

const generate = ({ client, tenant }: Ground, body: object, headers: Record<string, string> = {}) =>
  client.open({
    ...{ method: 'POST', path: routeOf('tokenhall.chat').path },
    headers: { ...bearer(tenant.key), ...headers },
    body: { messages: [{ role: 'user', content: 'probe' }], max_tokens: 1, ...body },
  });

/** Counts who connects to a port of this host while the work runs. */
async function whileListening(work: (url: string) => Promise<void>): Promise<number> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  return connections;
}

const OTHERS = 0o077;

async function openFiles(dataDir: string): Promise<string[]> {
  const names = ['.', ...(await readdir(dataDir))];
  const looked = await Promise.all(
    names.map(async (name) => {
      const stat = await lstat(join(dataDir, name)).catch(() => null);
      return stat && !stat.isSymbolicLink() && (stat.mode & OTHERS) !== 0 ? name : null;
    }),
  );
  return looked.filter((name) => name !== null);
}

const searched = async ({ grounds }: Ground, what: string, needles: readonly string[]): Promise<Verdict> => {
  let rows = 0;
  for (const needle of needles) rows += await grounds.rowsWith(needle);
  return rows > 0 ? broken(`${rows} rows hold ${what} in the clear.`) : held(`No recent row holds ${what}.`);
};

/** Seconds since 1970, as many digits as an address may have. */
const FAR_FUTURE = '999999999999';

/** An address that must open nothing. Whoever is asked what lies behind it has believed it. */
async function downloaded({ client }: Ground, path: string): Promise<Verdict> {
  const answer = await client.open({ path });
  return answer.type === 'not_found'
    ? broken('It was asked which file that is, not whether the address is good.')
    : mustRefuse(answer, 'unauthorized');
}

/** Attacks on the way to providers, and on what is kept. */
export const outsideAttacks = {
  'unpriced-model': async (ground) =>
    mustRefuse(await generate(ground, { model: 'gpt-probe-without-a-price' }), 'model_unpriced'),
  'private-base-url': async (ground) => {
    const reached = await whileListening(async (url) => {
      const asks = { base_url: url, baseURL: url, api_base: url, endpoint: url };
      const headers = { 'x-base-url': url, 'x-forwarded-host': new URL(url).host };
      await generate(ground, { model: 'gpt-4o-mini', ...asks }, headers);
      await generate(ground, { model: `${url}/v1/gpt-4o-mini` });
    });
    return reached > 0
      ? broken(`The service connected ${reached} times to a host that the caller named.`)
      : held('No connection came to the host that the caller named.');
  },
  'plaintext-key': (ground) =>
    searched(ground, 'a key or refresh token', [ground.tenant.key, ground.tenant.victim.refreshToken]),
  'plaintext-secret': (ground) => searched(ground, 'a provider secret', [ground.tenant.material]),
  'listed-secret': async ({ client, tenant }) => {
    const answer = await client.open({
      path: routeOf('provider-keys.list').path,
      headers: bearer(tenant.attacker.accessToken),
    });
    if (answer.status !== 200) return unavailable(`The list was refused with ${answer.status}.`);
    return answer.text.includes(tenant.material)
      ? broken('The list shows the material.')
      : held('The list shows a fingerprint and no material.');
  },
  'open-files': async ({ dataDir }) => {
    if (process.platform === 'win32') return unavailable('This system has no modes of files.');
    const open = await openFiles(dataDir);
    return open.length > 0
      ? broken(`Others may open ${open.slice(0, 3).join(', ')}.`)
      : held('Nobody else may open what lies in the data directory.');
  },
  'expired-export': async (ground) => {
    const { expiredExport } = ground;
    if (expiredExport === null) return unavailable('The service gave no address to try.');
    return worstOf([
      await downloaded(ground, expiredExport),
      // The same address, with an end that its signature does not cover.
      await downloaded(ground, expiredExport.replace(/expires=\d+/, `expires=${FAR_FUTURE}`)),
    ]);
  },
  'mint-by-resolver': async ({ client, tenant }) => {
    if (!client.scan) return unavailable('The scan plane does not serve now, so there is nothing to ask.');
    const { status } = await client.scan({
      ...{ method: 'POST', path: routeOf('mint.submit').path, body: {} },
      headers: { ...bearer(tenant.attacker.accessToken), 'idempotency-key': randomUUID() },
    });
    if (status === 404 || status === 405) return held(`The scan plane knows no such act: ${status}.`);
    return status === 429 || status >= 500
      ? unavailable(`The scan plane answered ${status}, which says nothing about minting.`)
      : broken(`The scan plane answered a mint job with ${status}; it should not know of any.`);
  },
} satisfies Attacks;

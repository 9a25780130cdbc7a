import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Proposal } from '../../shared/http/proposal.ts';
import { openOperator } from '../../tools/simulate/operator.ts';
import { writeOperatorFile } from '../../tools/simulate/operator-store.ts';
import { enrolOperator, readOperatorFile, ServiceBench, type TestAccess } from '../fixtures/service.ts';
import {
  newOperatorKey,
  type Prepared,
  prepareApproval,
  prepareSigned,
  type SignedCall,
} from '../fixtures/signing.ts';

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

const send = async ({ api, token }: TestAccess, { method, path, headers, body }: Prepared) => {
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: { ...headers, authorization: `Bearer ${token}` },
    body,
    signal: AbortSignal.timeout(8000),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of any route
  return { status: answer.status, body: (await answer.json()) as any };
};
const signed = async (access: TestAccess, call: SignedCall) =>
  send(access, await prepareSigned(access.origin, call, access.operator));
const read = async ({ api, token }: TestAccess, path: string) =>
  (await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } })).json();

async function inviteBob(ada: TestAccess): Promise<TestAccess> {
  const invited = await signed(ada, {
    route: 'operators.invite',
    path: '/api/operators/invitations',
    body: { name: 'Bob', role: 'responder' },
  });
  const bob = { ...ada, operator: newOperatorKey() };
  const { publicKey } = bob.operator;
  const body = { code: invited.body.code, name: 'Bob', publicKey };
  expect(await signed(bob, { route: 'operators.enrol', path: '/api/operators/enrol', body })).toMatchObject({
    status: 201,
  });
  return bob;
}

describe('a critical action in the running service', () => {
  it('is proposed, outlives a kill, is approved once over HTTP, and is in the integrated ledger', async () => {
    const service = bench.start();
    const ada = await enrolOperator(service);
    const bob = await inviteBob(ada);
    const { key, secret } = (
      await signed(ada, { route: 'keys.create', path: '/api/keys', body: { label: 'k' } })
    ).body;
    const proposed = await signed(ada, {
      route: 'limits.raise',
      path: `/api/keys/${key.id}/limit`,
      body: { requestsPerMinute: 600 },
    });
    expect(proposed.status).toBe(202);
    const proposal: Proposal = proposed.body.proposal;
    const approval = await prepareApproval(bob.origin, proposal, bob.operator, 600);

    const killed = service.pidOf('api');
    process.kill(killed, 'SIGKILL');
    await vi.waitFor(async () => expect((await fetch(`${ada.api}/readyz`)).status).toBe(200), {
      timeout: 15_000,
      interval: 50,
    });
    expect(service.pidOf('api')).not.toBe(killed);
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(bob, approval)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(401)]);
    const own = await read({ ...ada, token: secret }, '/api/v1/tokenhall/key');
    expect(own.key.requestsPerMinute).toBe(600);
    await vi.waitFor(
      async () => {
        const { entries } = await read(ada, '/api/logs/ledger?limit=3');
        expect(entries).toMatchObject([
          { kind: 'proposal.executed', state: 'integrated' },
          {
            kind: 'key.limit-raised',
            state: 'integrated',
            data: { from: 60, to: 600, proposalId: proposal.id },
          },
          { kind: 'proposal.approved', state: 'integrated' },
        ]);
      },
      { timeout: 5000, interval: 50 },
    );
  });
});

describe('a tool that enrols beside two operators', () => {
  it('says that it waits, and goes on once it is approved', async () => {
    const service = bench.start();
    const ada = await enrolOperator(service);
    const bob = await inviteBob(ada);
    const invited = await signed(ada, {
      route: 'operators.invite',
      path: '/api/operators/invitations',
      body: { name: 'Sim', role: 'responder' },
    });
    const path = join(bench.base, 'sim.json');
    const { adminOrigin, adminSocket, adminToken } = await readOperatorFile(bench.dataDir);
    const file = { version: 1 as const, adminOrigin, adminSocket, adminToken };
    await writeOperatorFile(path, { ...file, name: 'Sim', enrolmentCode: invited.body.code, key: null });
    await expect(openOperator(path, ada.api)).rejects.toMatchObject({ code: 'waits' });

    const { proposals } = await read(ada, '/api/proposals?state=open');
    const approval = await prepareApproval(bob.origin, proposals[0], bob.operator);
    expect(await send(bob, approval)).toMatchObject({ status: 200 });
    const sim = await openOperator(path, ada.api);
    expect(await sim.createKey('from the tool', 60)).toMatchObject({ id: expect.stringMatching(/^key_/) });
    await sim.close();
  });
});

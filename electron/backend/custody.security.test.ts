import { describe, expect, it } from 'vitest';
import type { CustodyState, Rotation } from '../../shared/ipc/custody.ts';
import { NO_CUSTODY } from '../../tests/fixtures/no-custody.ts';
import { retirementProposal } from '../../tests/fixtures/retirement.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { CustodyAnswer, CustodyAsk } from '../keeper/protocol.ts';
import { createCustody } from './custody.ts';

const NEW = { item: 'new', address: 'N'.repeat(44), fingerprint: 'a'.repeat(64) };
const OLD = { item: 'old', address: 'F'.repeat(44), fingerprint: 'b'.repeat(64) };
const CURRENT: Rotation = {
  ...{
    id: 'r',
    reason: 'quarterly',
    wallet: NEW,
    former: OLD,
    way: 'vault',
    secret: null,
    done: [],
    next: 'hydrated',
  },
  ...{ unfinished: false, reverting: false, ended: null, abort: 'nothing', inFlight: [] },
  ...{ second: null, formerSecond: null },
};
const STATE: CustodyState = { ...NO_CUSTODY, current: CURRENT };
const RPC = 'https://node.example/';
const RETIREMENT = retirementProposal({ wallet: NEW, former: OLD });

type Answers = Readonly<Record<string, (params: unknown[]) => unknown>>;

/** A node, a keeper and a service by script; keeps what each was asked. */
function world(
  answers: Answers = {},
  {
    restart = false,
    inFlight = [] as string[],
    changes = [OLD.fingerprint],
    retired = [] as object[],
    way = 'vault' as 'vault' | 'package',
    operators = [{ keyId: 'k', name: 'Mina', state: 'revoked' }] as object[] | null,
    stopped = false,
    blind = false,
  } = {},
) {
  const log: string[] = [];
  const asks: CustodyAsk[] = [];
  const custody = createCustody({
    custodian: async (ask): Promise<CustodyAnswer> => {
      asks.push(ask);
      const transaction =
        ask.what === 'act' && ask.act.act === 'sweep' ? { signature: `s${asks.length}`, wire: 'wire' } : null;
      const state = { ...STATE, current: { ...CURRENT, inFlight, way } };
      return { state: blind && ask.what !== 'state' ? null : state, transaction, restart };
    },
    service: {
      restart: async () => void log.push('restart'),
      endpoint: () => (stopped ? null : { origin: 'http://admin', socket: '/s' }),
    },
    call: async ({ route, query, params }) => {
      if (route === 'operators.list') return { status: 200, body: operators ? { operators } : {} };
      if (route === 'proposals.get') return { status: 200, body: { proposal: { ...RETIREMENT, ...params } } };
      if (query?.kind === 'payer.key-retired')
        return { status: 200, body: { entries: retired.map((data) => ({ data })) } };
      const current = changes.length > 1 ? changes.shift() : changes[0];
      return { status: 200, body: { entries: [{ data: { current, revokedSessions: 3 } }] } };
    },
    pause: async () => undefined,
    fetch: async (_url, init) => {
      const { method, params } = JSON.parse(String(init.body)) as { method: string; params: unknown[] };
      log.push(method);
      const answer = answers[method];
      if (!answer) return { ok: false, status: 500, text: async () => '' };
      return { ok: true, status: 200, text: async () => JSON.stringify({ result: answer(params) }) };
    },
  });
  return { custody, log, asks };
}
const codeOf = (given: Promise<unknown>): Promise<string> =>
  given.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Refusal ? error.code : 'another error'),
  );

const NODE: Answers = {
  getGenesisHash: () => 'genesis',
  getHealth: () => 'ok',
  getVersion: () => ({ 'solana-core': '2.1' }),
  getBalance: () => ({ value: 0 }),
  getLatestBlockhash: () => ({ value: { blockhash: 'h', lastValidBlockHeight: 7 } }),
  getTokenAccountsByOwner: () => ({ value: [] }),
  sendTransaction: () => 'sent',
  getBlockHeight: () => 8,
  getSignatureStatuses: () => ({ value: [{ confirmationStatus: 'confirmed', err: null }] }),
};

describe('hydration', () => {
  it('restarts the service and waits until the log names the new key', async () => {
    const changes = [OLD.fingerprint, OLD.fingerprint, NEW.fingerprint];
    const { custody, log, asks } = world({}, { restart: true, changes });
    await custody.act({ act: 'hydrate' });
    expect(log).toEqual(['restart']);
    expect(asks.at(-1)).toEqual({
      what: 'hydrated',
      evidence: { fingerprint: NEW.fingerprint, sessionsRevoked: 3 },
    });
  });

  it('is not taken for done while the log names another key', async () => {
    const { custody, asks } = world({}, { restart: true });
    expect(await codeOf(custody.act({ act: 'hydrate' }))).toBe('service-down');
    expect(asks.map(({ what }) => what)).toEqual(['state', 'act']);
  });

  it('is restarted and confirmed also when custody could not be looked at after the step', async () => {
    for (const [act, confirms] of [
      [{ act: 'hydrate' }, 'hydrated'],
      [{ act: 'abort', reason: 'no' }, 'restored'],
    ] as const) {
      const changes = [act.act === 'hydrate' ? NEW.fingerprint : OLD.fingerprint];
      const { custody, log, asks } = world({}, { restart: true, blind: true, changes });
      expect((await custody.act(act)).current?.id).toBe(CURRENT.id);
      expect(log).toEqual(['restart']);
      expect(asks.map(({ what }) => what)).toEqual(['state', 'act', confirms, 'state']);
    }
  });

  it('is undone by an abort only when the log names the former key', async () => {
    const { custody, asks } = world({}, { restart: true });
    await custody.act({ act: 'abort', reason: 'no' });
    expect(asks.at(-1)).toEqual({ what: 'restored', reason: 'no', fingerprint: OLD.fingerprint });
  });
});

describe('a wallet of two persons', () => {
  const act = { act: 'open', reason: 'two', former: null, twoPersons: true } as const;

  it.each([act, { act: 'import-shared' } as const])(
    'is judged with what the service knows of both keys: %o',
    async (given) => {
      const { custody, asks } = world();
      await custody.act(given);
      const known = [{ keyId: 'k', name: 'Mina', state: 'revoked' }];
      expect(asks).toEqual([{ what: 'act', act: { ...given, known } }]);
    },
  );

  it('is not made while the service that stands there does not say', async () => {
    const { custody, asks } = world({}, { operators: null });
    await expect(custody.act(act)).rejects.toThrow();
    await expect(custody.act({ act: 'import-shared' })).rejects.toThrow();
    expect(asks).toEqual([]);
  });

  it('asks no service for a wallet of one person, nor where none runs', async () => {
    const { custody, asks } = world({}, { operators: null, stopped: true });
    await custody.act(act);
    await custody.act({ act: 'open', reason: 'one', former: null });
    expect(asks.map((ask) => ask.what === 'act' && 'known' in ask.act)).toEqual([false, false]);
  });
});

describe('the retirement of the former wallet', () => {
  const told = (fingerprint: string) => ({ fingerprint, proposalId: RETIREMENT.id });
  it.each([
    ['is what the log says of this very wallet', [told(NEW.fingerprint), told(OLD.fingerprint)], RETIREMENT],
    ['is missing while the log knows of others only', [told(NEW.fingerprint)], null],
  ])('%s', async (_name, retired, retirement) => {
    const { custody, asks } = world({}, { retired });
    await custody.act({ act: 'sunset' });
    expect(asks.at(-1)).toEqual({ what: 'act', act: { act: 'sunset', retirement } });
  });

  it('is not asked of this service when the key went to another one', async () => {
    const { custody, asks } = world({}, { retired: [told(OLD.fingerprint)], way: 'package' });
    await custody.act({ act: 'sunset' });
    expect(asks.at(-1)).toEqual({ what: 'act', act: { act: 'sunset', retirement: null } });
  });
});

describe('the cluster', () => {
  it('is asked for genesis hash, health, version and balance, and the keeper judges', async () => {
    const { custody, asks } = world({ ...NODE, getBalance: () => ({ value: 12 }) });
    await custody.act({ act: 'confirm', rpc: RPC });
    expect(asks.at(-1)).toEqual({
      what: 'confirmed',
      evidence: { genesisHash: 'genesis', version: '2.1', balance: '12' },
    });
  });

  it.each([
    ['is behind', { ...NODE, getHealth: () => 'behind' }],
    ['lies about a type', { ...NODE, getBalance: () => ({ value: '12' }) }],
    ['does not answer', {}],
  ])('confirms nothing when it %s', async (_name, answers) => {
    const { custody, asks } = world(answers);
    expect(await codeOf(custody.act({ act: 'confirm', rpc: RPC }))).toBe('request-failed');
    expect(asks.some(({ what }) => what === 'confirmed')).toBe(false);
  });

  it.each([
    'http://node.example/',
    'ftp://node.example/',
    'https://user:pass@node.example/',
    'file:///etc/passwd',
  ])('is not asked at %s', async (rpc) => {
    const { custody, log } = world(NODE);
    expect(await codeOf(custody.act({ act: 'confirm', rpc }))).toBe('invalid-payload');
    expect(log).toEqual([]);
  });
});

describe('a sweep', () => {
  it('settles what was on its way first, moves what remains, and is done when the cluster shows nothing', async () => {
    const balances = [20_000, 0];
    const { custody, asks, log } = world(
      { ...NODE, getBalance: () => ({ value: balances.shift() ?? 0 }) },
      { inFlight: ['earlier'] },
    );
    await custody.act({ act: 'sweep', rpc: RPC });
    expect(log[0]).toBe('getSignatureStatuses');
    expect(asks.map(({ what }) => what)).toEqual(['state', 'act', 'swept']);
    expect(asks.at(-1)).toMatchObject({ evidence: { transactions: ['earlier', 's2'], remaining: '0' } });
  });

  it('sends what was signed, also when custody could not be looked at with it', async () => {
    const balances = [20_000, 0];
    const node = { ...NODE, getBalance: () => ({ value: balances.shift() ?? 0 }) };
    const { custody, asks, log } = world(node, { blind: true });
    expect((await custody.act({ act: 'sweep', rpc: RPC })).current?.id).toBe(CURRENT.id);
    expect(log).toContain('sendTransaction');
    expect(asks.map(({ what }) => what)).toEqual(['state', 'act', 'swept', 'state']);
  });

  it('is not done while the cluster refuses, and counts nothing that did not land', async () => {
    const failing = { ...NODE, getBalance: () => ({ value: 9 }) };
    const err = { value: [{ confirmationStatus: 'confirmed', err: { InstructionError: [0] } }] };
    const { custody, asks } = world({ ...failing, getSignatureStatuses: () => err });
    expect(await codeOf(custody.act({ act: 'sweep', rpc: RPC }))).toBe('request-failed');
    expect(asks.some(({ what }) => what === 'swept')).toBe(false);
    const balances = [9, 9, 0];
    const lost = world({
      ...NODE,
      getBalance: () => ({ value: balances.shift() ?? 0 }),
      getSignatureStatuses: () => ({ value: [null] }),
    });
    await lost.custody.act({ act: 'sweep', rpc: RPC });
    expect(lost.asks.at(-1)).toMatchObject({ evidence: { transactions: [] } });
  });
});

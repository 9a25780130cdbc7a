import { describe, expect, it, vi } from 'vitest';
import { readApproval } from '../../shared/http/carried.ts';
import type { ProposalContent } from '../../shared/http/proposal.ts';
import { digestOf, PROPOSAL_ID } from '../../tests/fixtures/approval-request.ts';
import { contentBy, requestFile } from '../../tests/fixtures/carried.ts';
import { asksNext, savedAs, unlocked, windowFor } from '../../tests/fixtures/custody-windows.ts';
import { newOperatorKey } from '../../tests/fixtures/signing.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { createSigner } from '../signer/signer.ts';
import type { Ground, PreparedAct } from './custody-card.ts';
import { approvingProposal } from './custody-proposal.ts';
import type { KeeperToMain } from './protocol.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 60_000 });

const DAY = 24 * 3_600_000;
const NOW = new Date('2030-01-01T08:00:00.000Z');
const ada = newOperatorKey();
const bob = newOperatorKey();

/** The act on a console whose vault has these keys, and none for any other service. */
function console_({ keys = [bob], now = () => NOW } = {}) {
  const told: KeeperToMain[] = [];
  const all = keys.map((key, i) => {
    const sign = (bytes: Uint8Array) => key.sign(bytes) as Uint8Array;
    return { name: `key ${i}`, signer: createSigner({ keyId: key.keyId, sign }, () => now().getTime()) };
  });
  const signersAt = async (origin: string) => (origin === 'http://admin.sallyport.internal' ? all : []);
  const ground = { carried: { signersAt, now }, tell: (message: KeeperToMain) => void told.push(message) };
  return { act: approvingProposal(ground as unknown as Ground), told };
}

const read = async (request: string, at: Parameters<typeof console_>[0] = {}) =>
  (await console_(at).act.perform({ request })).next;
const proposed = (change: Partial<ProposalContent> = {}) => contentBy(ada, NOW, change);
const altered = async (change: (file: Record<string, never>) => object) =>
  JSON.stringify(change(JSON.parse(await requestFile(ada, proposed()))));

describe('a proposal that was brought to another console', () => {
  it('is read in the trusted window, from its own bytes, and signed there for its delivery', async () => {
    await using here = await disposableDirectory();
    await using omar = await unlocked(here.path);
    const content = contentBy(ada, new Date());
    const window = await windowFor(omar, { act: 'approve-proposal' });
    const shown = await asksNext(window, { request: await requestFile(ada, content) });
    expect(shown.title).toBe('Approve as the second person: Raise the limit of a key');
    const facts = Object.fromEntries(shown.facts.map(({ label, value }) => [label, value]));
    expect(facts).toMatchObject({
      ...{ Service: 'http://admin.sallyport.internal', Proposal: PROPOSAL_ID, digest: digestOf(content) },
      ...{ requestsPerMinute: '600', 'open until': content.expiresAt },
      'proposed by': `Ada (key ${ada.keyId})`,
    });
    expect(savedAs(omar, '.json')).toBe('');
    window.say({ type: 'ceremony-act', values: {} });
    const { qr } = await window.inbox.next('task-done');
    const approval = readApproval(savedAs(omar, `approval-${PROPOSAL_ID}.json`));
    expect(approval).toMatchObject({ id: PROPOSAL_ID, digest: digestOf(content) });
    expect(approval?.approval.signatureInput).toContain('tag="sallyport-approval"');
    expect(qr?.length).toBeGreaterThan(40);
    expect(omar.failures).toEqual([]);
  });

  it('is signed for as long as it is open, and no longer', async () => {
    const { act, told } = console_();
    const content = contentBy(ada, new Date(NOW.getTime() - DAY / 2));
    const next = (await act.perform({ request: await requestFile(ada, content) })).next;
    expect(told).toEqual([]);
    await next?.perform({});
    const [saved] = told as Extract<KeeperToMain, { type: 'save-file' }>[];
    const input = readApproval(saved?.text ?? '')?.approval.signatureInput ?? '';
    expect(Number(/expires=(\d+)/.exec(input)?.[1]) * 1000).toBe(Date.parse(content.expiresAt));
  });

  it('is not signed once it has expired before the person', async () => {
    let now = NOW;
    const { act, told } = console_({ now: () => now });
    const next = (await act.perform({ request: await requestFile(ada, proposed()) })).next;
    now = new Date(NOW.getTime() + DAY);
    await expect(next?.perform({})).rejects.toMatchObject({ code: 'second-expired' });
    expect(told).toEqual([]);
  });
});

describe('a vault with several keys for one service', () => {
  const signedWith = (act: PreparedAct | undefined) =>
    act?.card.facts.find(({ label }) => label === 'Signed with')?.value;

  it('is of one person, whichever of them proposed', async () => {
    const request = await requestFile(ada, proposed());
    for (const keys of [
      [ada, bob],
      [bob, ada],
    ])
      await expect(read(request, { keys })).rejects.toMatchObject({ code: 'second-self' });
  });

  it('lets the person choose one of them by its number', async () => {
    const carol = newOperatorKey();
    const { act, told } = console_({ keys: [bob, carol] });
    const choice = (await act.perform({ request: await requestFile(ada, proposed()) })).next;
    expect(choice?.card.facts).toEqual([
      { label: '1: key 0', value: bob.keyId },
      { label: '2: key 1', value: carol.keyId },
    ]);
    for (const number of ['', '0', '3', '1 2', '-1', bob.keyId])
      await expect(choice?.perform({ number })).rejects.toMatchObject({ code: 'step-refused' });
    const last = (await choice?.perform({ number: ' 2 ' }))?.next;
    expect(signedWith(last)).toBe(carol.keyId);
    await last?.perform({});
    const [saved] = told as Extract<KeeperToMain, { type: 'save-file' }>[];
    expect(readApproval(saved?.text ?? '')?.approval.signatureInput).toContain(`keyid="${carol.keyId}"`);
  });
});

describe('a proposal is refused before its card is drawn', () => {
  it.each<[string, (content: ProposalContent) => object]>([
    ['its body', () => ({ body: '{"requestsPerMinute":60000}' })],
    ['its target', ({ target }) => ({ target: target.replace('0/limit', '1/limit') })],
    ['its nonce', () => ({ nonce: 'm'.repeat(22) })],
    ['its time', ({ createdAt }) => ({ createdAt: createdAt.replace(':00.000Z', ':01.000Z') })],
    ['its proposer', ({ proposer }) => ({ proposer: { ...proposer, keyId: 'C'.repeat(43) } })],
    ['its route', () => ({ route: 'keys.create' })],
  ])('when %s was altered', async (_what, change) => {
    const content = proposed();
    const request = await altered((file) => ({ ...file, content: { ...content, ...change(content) } }));
    await expect(read(request)).rejects.toMatchObject({ code: 'second-altered' });
  });

  it('when its signature is another one, or by another key', async () => {
    const mallory = newOperatorKey();
    await expect(read(await requestFile(mallory, proposed()))).rejects.toMatchObject({
      code: 'second-altered',
    });
    const content = proposed();
    const theirs = JSON.parse(await requestFile(ada, { ...content, nonce: 'o'.repeat(22) })).proof;
    const request = await altered((file) => ({ ...file, proof: theirs }));
    await expect(read(request)).rejects.toMatchObject({ code: 'second-altered' });
  });

  it('when a part of it is missing, as in a damaged code', async () => {
    const whole = await requestFile(ada, proposed());
    for (const text of [
      '',
      '{}',
      whole.slice(0, -9),
      `${whole.slice(0, 40)}\u0000${whole.slice(41)}`,
      'x'.repeat(700_000),
    ])
      await expect(read(text)).rejects.toMatchObject({ code: 'second-malformed' });
  });

  it.each(['route', 'method', 'target', 'body', 'nonce'])('when its %s is no text', async (field) => {
    const content = { ...proposed(), [field]: 'half a pair: \ud800' };
    const request = await altered((file) => ({ ...file, content }));
    await expect(read(request)).rejects.toMatchObject({ code: 'second-malformed' });
  });

  it('when this console proposed it', async () => {
    const request = await requestFile(ada, proposed());
    await expect(read(request, { keys: [ada] })).rejects.toMatchObject({ code: 'second-self' });
  });

  it('when this console invited, or is the one that enrols', async () => {
    const carol = newOperatorKey();
    const target = 'http://admin.sallyport.internal/api/operators/enrol';
    const body = JSON.stringify({ name: 'Carol', publicKey: carol.publicKey, role: 'custodian' });
    const request = await requestFile(carol, proposed({ route: 'operators.enrol', target, body }));
    for (const key of [ada, carol])
      await expect(read(request, { keys: [key] })).rejects.toMatchObject({ code: 'second-self' });
    expect((await read(request))?.card.danger).toBe(true);
  });

  it('when it has expired, is from the future, or lives longer than proposals do', async () => {
    const at = (ms: number) => requestFile(ada, contentBy(ada, new Date(NOW.getTime() + ms)));
    const longer = await requestFile(ada, proposed({ expiresAt: '2030-01-03T08:00:00.000Z' }));
    for (const request of [await at(-DAY), await at(120_000), longer])
      await expect(read(request)).rejects.toMatchObject({ code: 'second-expired' });
  });

  it('when this vault has no key for its service', async () => {
    const target = `https://elsewhere.test${new URL(proposed().target).pathname}`;
    const request = await requestFile(ada, proposed({ target }));
    await expect(read(request)).rejects.toMatchObject({ code: 'second-foreign' });
  });
});

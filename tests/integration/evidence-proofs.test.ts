import { RFC9162 } from '@transmute/rfc9162';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { verifyEd25519 } from '../../service/ledger/ed25519.ts';
import { sha256 } from '../../service/ledger/entry-row.ts';
import { BATCH_SIZE, integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { OVERLAP_MS } from '../../service/ledger/integrator/signing.ts';
import { formatCheckpoint } from '../../shared/ledger/checkpoint.ts';
import { verifyConsistency, verifyInclusion } from '../../shared/ledger/proofs.ts';
import { judgeCheckpoint } from '../../shared/ledger/trust.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { newWitness } from '../fixtures/evidence.ts';
import { integratorDeps, stageMany, stagingFor } from '../fixtures/ledger.ts';
import type { SignedCall, TestOperator } from '../fixtures/signing.ts';

let cluster: TestCluster;
let db: Database;
let integrator: Database;
let api: TestApi;
let operator: TestOperator;
let clock: TestClock;

beforeAll(async () => {
  cluster = await startTestCluster();
  db = cluster.open('api');
  integrator = cluster.open('integrator');
});
beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  operator = await api.enrolFirst();
});
afterEach(() => api.close());
afterAll(() => cluster.stop());

const crypto = { sha256, verifyEd25519 };
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const deps = () => ({ ...integratorDeps(cluster), now: () => clock.now() });
const batch = () => transact(integrator, (tx) => integrateBatch(tx, deps()));
const write = async (count: number) => {
  await stageMany(db, stagingFor(cluster), count);
  while ((await batch()).found === BATCH_SIZE);
};
const LOG = '/api/logs/ledger';
const get = async (path: string) => (await api.get(`${LOG}/${path}`)).body;
const headOf = ({ size, root }: { size: number; root: string }) => ({ size, root: bytes(root) });
const post = (route: SignedCall['route'], path: string, body: unknown) =>
  api.signed({ route, path: `${LOG}/${path}`, body }, operator);

describe('proofs of a log of 700 entries', () => {
  beforeEach(() => write(699));

  it('of inclusion convince us and an independent verifier, by number and by id', async () => {
    for (const number of [0, 1, 255, 256, 511, 512, 698, 699]) {
      const proof = await get(`proofs/inclusion?number=${number}`);
      const { head, leafHash } = proof;
      expect(head.size).toBe(700);
      const path = proof.proof.map(bytes);
      expect(verifyInclusion(sha256, { hash: bytes(leafHash), index: number }, headOf(head), path)).toBe(
        true,
      );
      const foreign = { log_id: '', tree_size: head.size, leaf_index: number, inclusion_path: path };
      expect(await RFC9162.verifyInclusionProof(bytes(head.root), bytes(leafHash), foreign)).toBe(true);
      expect(await RFC9162.verifyInclusionProof(bytes(head.root), bytes(head.root), foreign)).toBe(false);
      expect(await get(`proofs/inclusion?id=${proof.id}`)).toEqual(proof);
    }
    expect((await get('proofs/inclusion?number=3&size=4')).proof).toHaveLength(2);
  });

  it('of consistency convince us and an independent verifier, for any two sizes', async () => {
    for (const [from, to] of [
      [1, 700],
      [3, 255],
      [256, 700],
      [257, 512],
      [699, 700],
      [650, 651],
    ] as const) {
      const proof = await get(`proofs/consistency?from=${from}&to=${to}`);
      const path: Uint8Array[] = proof.proof.map(bytes);
      expect(verifyConsistency(sha256, headOf(proof.from), headOf(proof.to), path)).toBe(true);
      // RFC 9162 section 2.1.4.2, step 2, which this verifier leaves to its caller.
      const complete = Number.isInteger(Math.log2(from)) ? [bytes(proof.from.root), ...path] : path;
      const foreign = { log_id: '', tree_size_1: from, tree_size_2: to, consistency_path: complete };
      const judge = (root: string) =>
        RFC9162.verifyConsistencyProof(bytes(root), bytes(proof.to.root), foreign);
      expect(await judge(proof.from.root)).toBe(true);
      expect(await judge(proof.to.root)).toBe(false);
    }
  });

  it('are refused beyond the log, in the wrong order and without an entry', async () => {
    const status = async (path: string) => (await api.get(`${LOG}/${path}`)).status;
    expect(await status('proofs/inclusion?number=700')).toBe(404);
    expect(await status('proofs/inclusion?number=5&size=5')).toBe(404);
    expect(await status('proofs/inclusion?number=5&size=701')).toBe(404);
    expect(await status('proofs/inclusion?number=-1')).toBe(400);
    expect(await status('proofs/inclusion')).toBe(400);
    expect(await status('proofs/consistency?from=2&to=1')).toBe(400);
    expect(await status('proofs/consistency?from=2&to=701')).toBe(404);
    expect(await status('checkpoints/12')).toBe(404);
  });
});

describe('checkpoints', () => {
  it('are signed for every head and believed by the trust file alone', async () => {
    await write(3);
    const [checkpoint, trust] = [await get('checkpoint'), await get('keys')];
    expect(checkpoint).toMatchObject({ size: 4, epoch: 1, origin: trust.origin, state: 'self-attested' });
    expect(judgeCheckpoint(crypto, checkpoint.note, trust)).toMatchObject({ problem: null, witnesses: [] });
    expect(await get('checkpoints/4')).toEqual(checkpoint);
    const other = checkpoint.note.replace('\n4\n', '\n5\n');
    expect(judgeCheckpoint(crypto, other, trust).problem).toMatch(/is not good/);
    const foreign = { ...trust, epochs: [{ origin: 'another', fromSize: 0 }] };
    expect(judgeCheckpoint(crypto, checkpoint.note, foreign).problem).toMatch(/not pinned/);
  });

  it('are signed by both keys while they overlap, and by the new one alone afterwards', async () => {
    await write(2);
    const before = await get('keys');
    const ordered = await post('ledger.rotateKey', 'keys/rotate', { former: 'overlap', reason: 'yearly' });
    expect(ordered).toMatchObject({ status: 200 });
    await batch();
    await batch();
    const during = await get('checkpoint');
    const after = await get('keys');
    expect(after.ledgerKeys).toHaveLength(2);
    expect(judgeCheckpoint(crypto, during.note, before).problem).toBeNull();
    expect(judgeCheckpoint(crypto, during.note, after).problem).toBeNull();
    const kinds = (await kindsOf()).slice(0, 2);
    expect(kinds).toEqual(['ledger.key-rotated', 'ledger.key-rotation-ordered']);
    clock.advance(OVERLAP_MS);
    await write(1);
    await write(1);
    const late = await get('checkpoint');
    expect(judgeCheckpoint(crypto, late.note, before).problem).toMatch(/no pinned ledger key/);
    expect(judgeCheckpoint(crypto, late.note, await get('keys')).problem).toBeNull();
    expect(await kindsOf()).toContain('ledger.key-retired');
  });

  it('of a retired key are not believed for later heads', async () => {
    await write(2);
    await post('ledger.rotateKey', 'keys/rotate', { former: 'retire', reason: 'leaked' });
    await batch();
    await write(1);
    const trust = await get('keys');
    const [former, current] = trust.ledgerKeys;
    expect(former.untilSize).toBe(current.fromSize);
    const { note, size } = await get('checkpoint');
    expect(size).toBeGreaterThan(former.untilSize);
    expect(judgeCheckpoint(crypto, note, { ...trust, ledgerKeys: [former] }).problem).toMatch(/no pinned/);
    const early = { ...trust, ledgerKeys: [{ ...current, untilSize: size - 1 }] };
    expect(judgeCheckpoint(crypto, note, early).problem).toMatch(/not valid at size/);
  });
});

const kindsOf = async () => {
  const numbered = db.kysely.selectFrom('ledger_entries').select('kind').orderBy('number', 'desc');
  return (await numbered.execute()).map(({ kind }) => kind);
};

it('lists every signed head that holds an entry, newest first, in pages, by time and by witness', async () => {
  const list = async (query: string) => (await get(`checkpoints?${query}`)).checkpoints;
  expect(await get('checkpoints')).toEqual({ epoch: 1, checkpoints: [], next: null });
  await write(3);
  const { note, root, signedAt } = await get('checkpoint');
  clock.advance(86_400_000);
  for (const count of [2, 1]) await write(count);
  expect(await get('checkpoints?limit=2')).toMatchObject({
    next: 6,
    checkpoints: [{ size: 7 }, { size: 6 }],
  });
  for (const query of ['limit=2&before=6', `until=${signedAt}`])
    expect(await list(query)).toEqual([{ size: 4, root, signedAt, cosignatures: 0 }]);
  const { key, cosign } = newWitness('console.test/w0');
  await post('ledger.registerWitness', 'witnesses', { key });
  await post('ledger.cosign', 'cosignatures', { note: cosign(note) });
  expect(await list('witnessed=yes')).toEqual([{ size: 4, root, signedAt, cosignatures: 1 }]);
  expect((await api.get(`${LOG}/checkpoints?until=yesterday`)).status).toBe(400);
});

describe('a witness', () => {
  const witness = newWitness('console.test/w1');
  const register = () => post('ledger.registerWitness', 'witnesses', { key: witness.key });
  const cosign = (note: string) => post('ledger.cosign', 'cosignatures', { note });

  it('is registered, cosigns, and its cosignature stands under the head and in the log', async () => {
    expect(await register()).toMatchObject({ status: 201, body: { name: 'console.test/w1' } });
    await batch();
    const { note } = await get('checkpoint');
    const kept = await cosign(witness.cosign(note));
    expect(kept).toMatchObject({ status: 200, body: { checkpoint: { state: 'witnessed' } } });
    const shown = await get('checkpoint?witnessed=yes');
    const trust = await get('keys');
    expect(judgeCheckpoint(crypto, shown.note, trust)).toMatchObject({
      problem: null,
      witnesses: [witness.key.split('+')[0]],
    });
    expect((await cosign(witness.cosign(note))).body.eventId).toBeNull();
    await batch();
    expect((await kindsOf()).filter((kind) => kind === 'ledger.cosigned')).toHaveLength(1);
  });

  it('is refused when nobody registered it, it signs another text, or the head is a fork', async () => {
    await write(1);
    const { note, size, origin } = await get('checkpoint');
    expect((await cosign(witness.cosign(note))).status).toBe(404);
    await register();
    expect((await register()).status).toBe(409);
    const forked = formatCheckpoint({ origin, size, root: new Uint8Array(32) });
    const fork = await cosign(witness.cosign(`${forked}\n`.concat(note.slice(note.indexOf('—')))));
    expect(fork).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining('fork') } },
    });
    const moved = witness.cosign(note.replace(origin, `${origin}x`));
    expect((await cosign(moved)).status).toBe(409);
    const tail = moved.slice(moved.indexOf('—'));
    expect((await cosign(`${note.slice(0, note.indexOf('\n\n') + 1)}\n${tail}`)).status).toBe(409);
  });

  it.each(['x', 'w+00000000+AA==', 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'])(
    'with the key %j is not registered',
    async (key) => {
      expect((await post('ledger.registerWitness', 'witnesses', { key })).status).toBe(400);
    },
  );
});

describe('a log that was restored behind a witnessed head', () => {
  /** What the log was at size 6, then a restore to size 3 and another history. */
  async function restore() {
    await write(5);
    const witnessed = await get('checkpoint');
    await cluster.reset();
    await api.close();
    api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
    operator = await api.enrolFirst();
    await batch();
    return witnessed;
  }
  const report = (checkpoint: string) =>
    post('ledger.reportRestore', 'epochs', { checkpoint, reason: 'restored from the backup' });

  it('opens an epoch whose first entry commits to both heads and shows what is lost', async () => {
    const witnessed = await restore();
    const restored = await get('checkpoint');
    expect(await report(witnessed.note)).toMatchObject({ status: 200 });
    await batch();
    const rows = await db.kysely
      .selectFrom('ledger_entries')
      .select(['number', 'kind', 'data'])
      .orderBy('number')
      .execute();
    const opened = rows.at(-1);
    const size = restored.size + 1;
    const before = await get(`proofs/consistency?from=${size}`);
    expect(opened?.kind).toBe('ledger.epoch-opened');
    expect(JSON.parse(opened?.data ?? '')).toMatchObject({
      epoch: 2,
      witnessed: { size: witnessed.size, root: witnessed.root },
      restored: { size, root: before.from.root },
      lost: { from: size, until: witnessed.size },
    });
    const [checkpoint, trust] = [await get('checkpoint'), await get('keys')];
    expect(checkpoint).toMatchObject({ epoch: 2, origin: `${trust.origin}/epoch-2` });
    expect(judgeCheckpoint(crypto, checkpoint.note, trust).problem).toBeNull();
    // Who pinned the first epoch alone does not follow silently.
    const pinned = { ...trust, epochs: trust.epochs.slice(0, 1) };
    expect(judgeCheckpoint(crypto, checkpoint.note, pinned).problem).toMatch(/not pinned/);
    await write(10);
    expect((await report(witnessed.note)).status).toBe(409);
  });

  it('does not open one for a fork of equal size: it is refused with both heads', async () => {
    const witnessed = await restore();
    await write(witnessed.size - (await get('checkpoint')).size);
    const ours = await get('checkpoint');
    expect(ours.size).toBe(witnessed.size);
    const refused = await report(witnessed.note);
    expect(refused.status).toBe(409);
    for (const root of [ours.root, witnessed.root]) expect(refused.body.error.message).toContain(root);
  });

  it('does not open one for a head that no key of ours signed', async () => {
    await write(1);
    const { origin, note } = await get('checkpoint');
    const forged = formatCheckpoint({ origin, size: 99, root: new Uint8Array(32) });
    expect((await report(`${forged}\n${note.slice(note.indexOf('—'))}`)).status).toBe(200);
    await batch();
    await batch();
    expect((await kindsOf())[0]).toBe('ledger.restore-refused');
    expect((await get('checkpoint')).epoch).toBe(1);
    expect((await report('nonsense')).status).toBe(400);
  });
});

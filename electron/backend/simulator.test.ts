import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type OperatorFile, operatorFile } from '../../shared/http/operator-file.ts';
import type { FromSimulator } from '../../shared/service/simulation.ts';
import { Refusal } from '../ipc/refusal.ts';
import { Simulator } from './simulator.ts';
import { createSimulatorOperator } from './simulator-operator.ts';

const TALLY = { sent: 12, unanswered: 0, keysCreated: 2, accounts: 3, rate: 9.5 };
const ended = (problem: string | null, isRefused = false): FromSimulator => ({
  ...{ type: 'ended', tally: TALLY, problem, isRefused },
});

function rig(given: { isEnrolled?: () => Promise<boolean>; file?: () => Promise<string> } = {}) {
  const state = { api: 'http://127.0.0.1:5001' as string | null, resolver: null as string | null };
  const children: { args: readonly string[]; tell: (m: FromSimulator) => void; exit: () => void }[] = [];
  const timers: (() => void)[] = [];
  const [stop, kill, refused] = [vi.fn(), vi.fn(), vi.fn()];
  const simulator = new Simulator({
    start: (args) => {
      const child = { args, tell: (_: FromSimulator) => undefined, exit: () => undefined };
      children.push(child);
      return {
        ...{ stop, kill },
        onMessage: (listener) => void Object.assign(child, { tell: listener }),
        onExit: (listener) => void Object.assign(child, { exit: listener }),
      };
    },
    service: () => state,
    isEnrolled: given.isEnrolled ?? (async () => true),
    operator: { file: given.file ?? (async () => '/data/simulator.json'), refused },
    setTimer: (run) => {
      timers.push(run);
      return { cancel: () => undefined };
    },
    now: () => new Date('2026-01-01T00:00:00.000Z'),
  });
  return { simulator, state, children, timers, stop, kill, refused };
}

describe('the simulator of a practice console', () => {
  it('runs on this console’s own service with an operator of its own, and says how it goes', async () => {
    const { simulator, children, state, stop, kill } = rig();
    state.resolver = 'http://127.0.0.1:5002';
    expect(simulator.status().state).toBe('none');
    expect(await simulator.start()).toMatchObject({ state: 'running', hasOperator: true });
    const args = children[0]?.args.join(' ') ?? '';
    expect(args).toContain('--api http://127.0.0.1:5001');
    expect(args).toContain('--resolver http://127.0.0.1:5002');
    expect(args).toContain('--operator /data/simulator.json');
    children[0]?.tell({ type: 'said', sentence: 'no generations: no provider of models was named.' });
    children[0]?.tell({ type: 'playing', tally: TALLY });
    expect(simulator.status()).toMatchObject({
      tally: TALLY,
      said: [expect.stringContaining('generations')],
    });
    await simulator.start();
    expect(children).toHaveLength(1);
    expect(simulator.stop().state).toBe('stopping');
    expect(stop).toHaveBeenCalledOnce();
    children[0]?.tell(ended(null));
    expect(simulator.status()).toMatchObject({ state: 'stopped', problem: null });
    expect(kill).toHaveBeenCalledOnce();
  });

  it('plays without an operator where this console may not sign', async () => {
    const { simulator, children } = rig({ isEnrolled: async () => false });
    expect(await simulator.start()).toMatchObject({ state: 'running', hasOperator: false });
    expect(children[0]?.args).not.toContain('--operator');
  });

  it('says why it failed, and can be started again', async () => {
    const { simulator, children } = rig();
    await simulator.start();
    children[0]?.tell(ended('Nothing answers.'));
    expect(simulator.status()).toMatchObject({ state: 'failed', problem: 'Nothing answers.' });
    await simulator.start();
    expect(simulator.status()).toMatchObject({ state: 'running', problem: null, tally: { sent: 0 } });
    children[1]?.exit();
    expect(simulator.status()).toMatchObject({ state: 'failed', problem: expect.stringContaining('log') });
    await simulator.start();
    children[2]?.tell(ended(null));
    expect(simulator.status().state).toBe('failed');
  });

  it('is ended after a grace when it does not stop, and its last words change nothing', async () => {
    const { simulator, children, timers, kill } = rig();
    await simulator.start();
    simulator.stop();
    timers[0]?.();
    expect(kill).toHaveBeenCalledOnce();
    children[0]?.tell(ended('too late'));
    children[0]?.exit();
    expect(simulator.status()).toMatchObject({ state: 'stopped', problem: null });
    await simulator.start();
    timers[0]?.();
    expect(simulator.status().state).toBe('running');
  });

  it('does not start before the service serves, nor when a person declines; then it stands as before', async () => {
    const { simulator, state, children } = rig({
      file: async () => {
        throw new Refusal('declined', 'You declined.');
      },
    });
    await expect(simulator.start()).rejects.toMatchObject({ code: 'declined' });
    expect(simulator.status().state).toBe('none');
    state.api = null;
    await expect(simulator.start()).rejects.toMatchObject({ code: 'service-down', retryable: true });
    expect(children).toEqual([]);
  });

  it('does not start once the service has moved while a person decided', async () => {
    const { simulator, state, children } = rig({
      file: async () => {
        state.api = 'http://127.0.0.1:6001';
        return '/f';
      },
    });
    await expect(simulator.start()).rejects.toMatchObject({ code: 'service-down' });
    expect(children).toEqual([]);
  });

  it('ends with the lock, also while a person still decides', async () => {
    let sign = (_path: string): void => undefined;
    const file = () => new Promise<string>((resolve) => (sign = resolve));
    const { simulator, children, kill } = rig({ file });
    const waits = simulator.start();
    await vi.waitFor(() => expect(simulator.status().state).toBe('starting'));
    await Promise.resolve();
    simulator.locked();
    sign('/f');
    await expect(waits).rejects.toMatchObject({ code: 'locked' });
    expect(children).toEqual([]);
    expect(simulator.status().state).toBe('none');
    const again = simulator.start();
    await Promise.resolve();
    sign('/f');
    await again;
    simulator.locked();
    expect(kill).toHaveBeenCalledOnce();
    expect(simulator.status()).toMatchObject({ state: 'stopped', problem: expect.stringContaining('lock') });
    children[0]?.exit();
    expect(simulator.status().state).toBe('stopped');
  });

  it('is ended at once when its service stops or comes back elsewhere: nothing is sent to what may be another’s', async () => {
    const { simulator, state, kill } = rig();
    await simulator.start();
    simulator.serviceChanged();
    expect(kill).not.toHaveBeenCalled();
    state.api = null;
    simulator.serviceChanged();
    expect(kill).toHaveBeenCalledOnce();
    expect(simulator.status()).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('service'),
    });
  });

  it('forgets an operator that the service refused', async () => {
    const { simulator, children, refused } = rig();
    await simulator.start();
    children[0]?.tell(ended('The code has expired.', true));
    expect(refused).toHaveBeenCalledOnce();
    await simulator.start();
    children[1]?.tell(ended('Nothing answers.'));
    expect(refused).toHaveBeenCalledOnce();
  });
});

describe('the operator of the simulator', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulator-operator-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const CODE = '7ZK4M-0QX2C-7ZK4M-0QX2C-7ZK4M-0';
  const WAY = { adminOrigin: 'http://admin.sallyport.internal', adminSocket: '/run/admin.sock' };
  const KEY = { publicKey: 'p'.repeat(43), privateKey: 'private' };
  const fileOf = (change: Partial<OperatorFile>): OperatorFile => ({
    ...{ version: 1, ...WAY, adminToken: 'a'.repeat(43), name: 'simulator', enrolmentCode: CODE, key: null },
    ...change,
  });
  const read = (path: string) => operatorFile.parse(JSON.parse(readFileSync(path, 'utf8')));

  function operator() {
    const path = join(folder, 'simulator.json');
    const invited = join(folder, 'simulator-invited.json');
    const invite = vi.fn(async (_name: string, _role: string) => {
      writeFileSync(invited, JSON.stringify(fileOf({})), { mode: 0o600 });
      return { path: invited, expiresAt: '2026-01-01T00:15:00.000Z' };
    });
    const way = () => ({ ...WAY, adminToken: 'n'.repeat(43) });
    const stands = vi.fn(async (_publicKey: string) => true);
    const made = createSimulatorOperator({ path, operators: { invite, way, stands } });
    return { path, invite, invited, stands, made };
  }

  it('is invited once, and known by its key from then on, with a token of this unlock', async () => {
    const { made, invite, path, invited } = operator();
    expect(await made.file()).toBe(path);
    expect(invite).toHaveBeenCalledWith('simulator', 'administrator');
    expect(existsSync(invited)).toBe(false);
    writeFileSync(path, JSON.stringify(fileOf({ enrolmentCode: null, key: KEY })));
    chmodSync(path, 0o644);
    await made.file();
    expect(invite).toHaveBeenCalledOnce();
    expect(read(path)).toMatchObject({ adminToken: 'n'.repeat(43), key: KEY });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is invited anew where its file is damaged, or the service refused what never enrolled', async () => {
    const { made, invite, path } = operator();
    writeFileSync(path, 'not json');
    await made.file();
    expect(invite).toHaveBeenCalledOnce();
    writeFileSync(path, JSON.stringify(fileOf({ key: KEY })));
    made.refused();
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, JSON.stringify(fileOf({ enrolmentCode: null, key: KEY })));
    made.refused();
    expect(read(path).key).toEqual(KEY);
  });

  it('is invited anew once the service has revoked it or does not know it, and not while nobody answers', async () => {
    const { made, invite, path, stands } = operator();
    const enrolled = fileOf({ enrolmentCode: null, key: KEY });
    writeFileSync(path, JSON.stringify(enrolled));
    stands.mockRejectedValueOnce(new Refusal('service-down', 'Nobody answers.'));
    await made.file();
    expect(read(path).key).toEqual(KEY);
    stands.mockResolvedValueOnce(false);
    await made.file();
    expect(stands).toHaveBeenLastCalledWith(KEY.publicKey);
    expect(invite).toHaveBeenCalledOnce();
    expect(read(path)).toMatchObject({ enrolmentCode: CODE, key: null });
    // A key that has not enrolled yet is known to nobody, and goes on.
    writeFileSync(path, JSON.stringify(fileOf({ key: KEY })));
    stands.mockResolvedValue(false);
    await made.file();
    expect(invite).toHaveBeenCalledOnce();
    // Whoever declines is left without the dead key.
    writeFileSync(path, JSON.stringify(enrolled));
    invite.mockRejectedValueOnce(new Refusal('declined', 'You declined.'));
    await expect(made.file()).rejects.toMatchObject({ code: 'declined' });
    expect(existsSync(path)).toBe(false);
  });

  it('leaves no file when the person declines', async () => {
    const { made, invite, path } = operator();
    invite.mockRejectedValueOnce(new Refusal('declined', 'You declined.'));
    await expect(made.file()).rejects.toMatchObject({ code: 'declined' });
    expect(existsSync(path)).toBe(false);
  });
});

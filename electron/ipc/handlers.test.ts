import { describe, expect, it, vi } from 'vitest';
import { APP_CONTRACTS } from '../../shared/ipc/app.ts';
import type { MirrorStatus, OwnCheckpoint, VerifyStatus } from '../../shared/ipc/evidence.ts';
import { NO_CUSTODY } from '../../tests/fixtures/no-custody.ts';
import { ON_BUNDLED } from '../../tests/fixtures/screen/samples.ts';
import { createGate } from './gate.ts';
import { appHandlers, type HandlerDeps } from './handlers.ts';

const page = { contentsId: 7, frame: { url: 'app://sallyport/index.html', isMain: true } };
const vault = {
  state: 'unlocked',
  protection: 'passphrase-only',
  keychain: 'missing',
  items: 1,
  generation: 1,
  recovery: 'code',
  unlockedAt: null,
  idleMinutes: 10,
  warnings: [],
} as const;

const NO_VERIFICATION: VerifyStatus = {
  files: { evidence: null, trust: null, older: null },
  ...{ state: 'none', bytes: 0, totalBytes: null, numbers: 0, of: 0, result: null, message: null },
};

const OWN: OwnCheckpoint = { origin: 'log', size: 1, root: 'a'.repeat(64), note: 'a note' };
const NO_MIRROR: MirrorStatus = {
  ...{ state: 'off', folder: null, reach: 0, size: 0, at: null, message: null },
};
const NO_EXPORT = { state: 'none', path: null, bytes: 0, rows: 0, total: null, message: null } as const;

const onBundled = async () => ({ connection: ON_BUNDLED, profiles: [] });
const NO_PRACTICE = { folder: '/data/practice', simulator: null };
const NO_UPDATE = { state: 'closed', installed: '0.1.0', found: null, refused: null } as const;

function door(change: Partial<HandlerDeps> = {}) {
  const lock = vi.fn();
  const enter = vi.fn();
  const setIdleMinutes = vi.fn();
  const openStream = vi.fn(async () => undefined);
  const gate = createGate({
    contracts: APP_CONTRACTS,
    handlers: appHandlers({
      vaultStatus: () => ({ ...vault, warnings: [] }),
      keeper: () => ({
        askVault: async (what) => {
          const answers = {
            contents: {
              writtenAt: '2026-01-01T00:00:00.000Z',
              generation: 1,
              counter: null,
              slots: [],
              items: [],
            },
            uses: { uses: [], unsent: 0 },
          };
          return answers[what] as never;
        },
        openTask: () => undefined,
      }),
      lock,
      setIdleMinutes,
      openStream,
      serviceStatus: () => ({ state: 'stopped', processes: [], api: null, resolver: null }),
      restartService: async () => undefined,
      services: {
        status: onBundled,
        add: onBundled,
        connect: onBundled,
        remove: onBundled,
        retry: onBundled,
      },
      callApi: async () => ({ status: 200, body: {}, revealed: false }),
      enrolment: {
        status: async () => ({ state: 'unknown', keyId: 'k', operator: null }),
        enrol: async () => ({ state: 'unknown', keyId: 'k', operator: null }),
      },
      localOperators: { invite: async () => ({ path: '/x', expiresAt: '2026-01-01T00:00:00.000Z' }) },
      saveProposal: async () => ({ path: null }),
      evidence: {
        export: async () => NO_EXPORT,
        exportStatus: () => NO_EXPORT,
        cancelExport: () => NO_EXPORT,
        registerWitness: async () => null,
        settleHead: async () => null,
        reportRestore: async () => null,
        drop: async () => NO_VERIFICATION,
        checkpoints: {
          own: async () => OWN,
          save: async () => ({ path: null }),
          compare: async () => null,
        },
        mirror: {
          choose: async () => NO_MIRROR,
          status: () => NO_MIRROR,
          now: () => NO_MIRROR,
          stop: () => NO_MIRROR,
        },
        choose: async () => NO_VERIFICATION,
        verify: async () => NO_VERIFICATION,
        verifyStatus: () => NO_VERIFICATION,
        cancelVerify: () => NO_VERIFICATION,
        head: async () => ({
          ...{ state: 'first', problem: null, head: null, last: null },
          ...{ signedAt: '2026-01-01T00:00:00.000Z', keyIds: [], witnesses: [] },
          ...{ alarmSince: null, told: null, cosigned: null, witness: { name: 'w', registered: false } },
        }),
      },
      member: {
        status: async () => ({ who: null }),
        signIn: async () => ({ who: 'mina@example.org' }),
        signOut: async () => ({ who: null }),
        download: async () => ({ state: 'none', path: null, bytes: 0, sha256: null }),
      },
      custody: { state: async () => NO_CUSTODY, act: async () => NO_CUSTODY },
      airGap: { state: () => 'off', enter },
      practice: {
        status: () => NO_PRACTICE,
        open: async () => undefined,
        start: async () => NO_PRACTICE,
        stop: () => NO_PRACTICE,
      },
      updates: { status: () => NO_UPDATE, check: async () => NO_UPDATE },
      drafts: { list: () => [], keep: () => undefined, drop: () => undefined },
      examine: async () => [],
      info: () => ({
        version: '0.1.0',
        platform: 'linux',
        electron: '1',
        chromium: '1',
        node: '1',
        runtime: 'development',
        ...{ packaged: false, practice: false },
      }),
      ...change,
    }),
    appContentsId: () => 7,
    isUnlocked: () => true,
    newRequestId: () => 'req',
    log: () => undefined,
  });
  return {
    ask: (channel: string, payload?: unknown) => gate(page, channel, payload),
    enter,
    lock,
    setIdleMinutes,
    openStream,
  };
}

describe('the handlers of the application’s page', () => {
  it('answer every contract as it promises', async () => {
    const { ask } = door();
    const requests: Record<string, unknown> = {
      'services.connect': { id: null },
      'services.remove': { id: '11111111-1111-4111-8111-111111111111' },
      'api.call': { route: 'keys.list' },
      'vault.setIdleMinutes': { minutes: 5 },
      'vault.openTask': { task: 'add' },
      'custody.act': { act: 'seal' },
      'member.download': { exportId: 'mex_0123456789abcdefghjkmnpqrs', batchName: 'Spring' },
      'enrolment.enrol': { name: 'Ada' },
      'operators.inviteLocal': { name: 'Sim', role: 'responder' },
      'operators.saveProposal': { id: `prp_${'0'.repeat(26)}` },
      'drafts.keep': { form: 'keys.create', subject: '', fields: { label: 'ci' } },
      'drafts.drop': { form: 'keys.create' },
      'stream.open': { after: null },
      'evidence.drop': { path: '/tmp/a' },
      'evidence.compare': { from: 'file' },
      'evidence.reportRestore': { reason: 'restored from the backup' },
      'evidence.choose': { file: 'evidence', act: 'choose' },
      'evidence.export': { format: 'csv', withhold: 'nothing', filter: {} },
    };
    for (const channel of Object.keys(APP_CONTRACTS))
      expect(await ask(channel, requests[channel]), channel).toMatchObject({ ok: true });
  });

  it('lock only after the page has its answer', async () => {
    const t = door();
    expect(await t.ask('vault.lock')).toEqual({ ok: true, value: null });
    expect(t.lock).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(t.lock).toHaveBeenCalledOnce());
  });

  it('start again without a network only where there is one, and say which it is', async () => {
    const t = door();
    expect(await t.ask('custody.airGap')).toMatchObject({ ok: true, value: 'off' });
    expect(await t.ask('custody.enterAirGap')).toMatchObject({ ok: true });
    expect(t.enter).toHaveBeenCalledOnce();
    const enter = vi.fn();
    const inside = door({ airGap: { state: () => 'enforced', enter } });
    expect(await inside.ask('custody.enterAirGap')).toMatchObject({ error: { code: 'not-available' } });
    expect(enter).not.toHaveBeenCalled();
  });

  it('keep idle minutes within the contract', async () => {
    const t = door();
    expect(await t.ask('vault.setIdleMinutes', { minutes: 0 })).toMatchObject({ ok: false });
    expect(await t.ask('vault.setIdleMinutes', { minutes: 7 })).toMatchObject({
      ok: true,
      value: { idleMinutes: 7 },
    });
    expect(t.setIdleMinutes.mock.calls).toEqual([[7]]);
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { ConnectedProfile, ServicesAnswer, ServicesAsk } from '../keeper/protocol.ts';
import type { Service } from './backend.ts';
import { remoteService } from './remote-service.ts';
import { ServiceChoice } from './service-choice.ts';

const PROFILE: ConnectedProfile = {
  id: '11111111-1111-4111-8111-111111111111',
  ...{ kind: 'remote', name: 'Production', origin: 'https://ops.example.org:8443' },
  ...{ pin: `${'A'.repeat(43)}=`, token: 'token-of-it', keyId: 'k'.repeat(43), publicKey: 'p'.repeat(43) },
};
const NOTHING: ServicesAnswer = { profiles: [], connected: null, isMissing: false, code: null };

/** Records in order what is started, left and stopped; answers for the keeper by script. */
function rig(script: Partial<Record<ServicesAsk['what'], Partial<ServicesAnswer> | Error>> = {}) {
  const log: string[] = [];
  const state = { script, closed: null as string | null, alone: null as string | null };
  const bundled: Service = {
    unlocked: () => void log.push('start the bundled one'),
    status: () => ({ state: 'running', processes: [], api: null, resolver: null }),
    endpoint: () => ({ origin: 'http://admin.sallyport.internal', socket: '/s' }),
    setAdminTokens: () => undefined,
    restart: async () => undefined,
    stop: async () => void log.push('stop the bundled one'),
  };
  const choice = new ServiceChoice({
    bundled,
    remote: (profile) =>
      remoteService(profile, {
        look: async () => void log.push(`look at ${profile.name}`),
        setTimer: () => ({ cancel: () => undefined }),
        random: () => 0,
        ...{ onChange: () => undefined, onServing: () => undefined },
      }),
    keeper: async (ask) => {
      const answer = state.script[ask.what] ?? {};
      if (answer instanceof Error) throw answer;
      return { ...NOTHING, ...answer };
    },
    closed: () => state.closed,
    alone: () => state.alone,
    leave: async () => void log.push('forget'),
    changed: () => undefined,
    renewPage: () => log.push('renew the page'),
    notice: (text) => void log.push(text),
  });
  return { choice, log, state };
}

const settled = (check: () => void) => vi.waitFor(check);

describe('the service that this console is on', () => {
  it('is the bundled one where nobody chose another', async () => {
    const { choice, log } = rig();
    choice.service.unlocked();
    await settled(() => expect(log).toEqual(['start the bundled one']));
    expect(choice.connection()).toMatchObject({ kind: 'bundled', state: 'ready' });
  });

  it('is its own for good in a practice console: nothing else is added, gone to or resumed', async () => {
    const { choice, log, state } = rig({ resume: { connected: PROFILE }, connect: { connected: PROFILE } });
    state.alone = 'This is a practice console.';
    const refused = { code: 'not-available', message: 'This is a practice console.' };
    await expect(choice.asked.add()).rejects.toMatchObject(refused);
    await expect(choice.asked.connect({ id: PROFILE.id })).rejects.toMatchObject(refused);
    choice.service.unlocked();
    await settled(() => expect(choice.connection()).toMatchObject({ state: 'missing' }));
    expect(choice.profile()).toBeNull();
    expect(log).not.toContain('look at Production');
  });

  it('is the remote one that a person chose before the lock, and the bundled one is not started', async () => {
    const { choice, log } = rig({ resume: { connected: PROFILE } });
    choice.service.unlocked();
    await settled(() => expect(choice.connection().state).toBe('connected'));
    expect(log).toEqual(['forget', 'stop the bundled one', 'look at Production']);
    expect(choice.service.endpoint()).toEqual({
      ...{ origin: PROFILE.origin, pin: PROFILE.pin, token: PROFILE.token },
    });
  });

  it('changes by a decision: the former is forgotten and left before the next is spoken to', async () => {
    const { choice, log, state } = rig();
    choice.service.unlocked();
    await settled(() => expect(log).toHaveLength(1));
    state.script = { connect: { connected: PROFILE } };
    const { connection } = await choice.asked.connect({ id: PROFILE.id });
    expect(connection).toMatchObject({ kind: 'remote', name: 'Production', host: 'ops.example.org:8443' });
    expect(JSON.stringify(connection)).not.toContain(PROFILE.token);
    expect(log.slice(1)).toEqual(['forget', 'stop the bundled one', 'look at Production', 'renew the page']);
    state.script = {};
    await choice.asked.connect({ id: null });
    expect(log.slice(5)).toEqual(['forget', 'start the bundled one', 'renew the page']);
  });

  it('stays where it is when nobody decides', async () => {
    const { choice, log, state } = rig();
    choice.service.unlocked();
    await settled(() => expect(log).toHaveLength(1));
    state.script = { connect: new Error('declined') };
    await expect(choice.asked.connect({ id: PROFILE.id })).rejects.toThrow('declined');
    expect([choice.isBundled(), log.length]).toEqual([true, 1]);
  });

  it('has no token once the vault is locked', async () => {
    const { choice } = rig({ resume: { connected: PROFILE } });
    choice.service.unlocked();
    await settled(() => expect(choice.connection().state).toBe('connected'));
    await choice.locked();
    expect([choice.service.endpoint(), choice.connection().state]).toEqual([null, 'locked']);
  });

  it('is none at all when the chosen one is gone or cannot be read', async () => {
    for (const script of [{ resume: { isMissing: true } }, { resume: new Error('damaged') }]) {
      const { choice, log } = rig(script);
      choice.service.unlocked();
      await settled(() => expect(choice.connection().state).toBe('missing'));
      expect(choice.service.endpoint()).toBeNull();
      expect(log).not.toContain('start the bundled one');
    }
  });

  it('is never a remote one behind the air gap', async () => {
    const { choice, state } = rig({ connect: { connected: PROFILE } });
    state.closed = 'The air gap is on.';
    await expect(choice.asked.connect({ id: PROFILE.id })).rejects.toMatchObject({ code: 'not-available' });
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { KeeperToMain, MainToKeeper, SigningRequest } from '../keeper/protocol.ts';
import { createKeeperLink, type KeeperError } from './keeper-link.ts';

const status: VaultStatus = {
  state: 'unlocked',
  protection: 'passphrase-and-keychain',
  keychain: 'system',
  items: 2,
  generation: 1,
  recovery: 'code',
  unlockedAt: null,
  idleMinutes: 10,
  warnings: [],
};
const request: SigningRequest = {
  route: 'keys.create',
  method: 'POST',
  targetUri: 'http://admin.sallyport.internal/api/keys',
  contentType: 'application/json',
  body: new Uint8Array(),
  idempotencyKey: 'idem-0001',
};

function link() {
  const posted: MainToKeeper[] = [];
  let tell: (message: KeeperToMain) => void = () => undefined;
  let exit: () => void = () => undefined;
  const kill = vi.fn();
  const events = {
    status: vi.fn(),
    started: vi.fn(),
    unlocked: vi.fn(),
    openWindow: vi.fn(),
    closeWindow: vi.fn(),
    copy: vi.fn(),
    rekeyed: vi.fn(),
    usesWaiting: vi.fn(),
    payerKey: vi.fn(),
    canary: vi.fn(),
    saveFile: vi.fn(),
    fatal: vi.fn(),
    openPractice: vi.fn(),
    died: vi.fn(),
  };
  const keeper = createKeeperLink(
    {
      pid: 1,
      post: (message) => posted.push(message),
      onMessage: (listener) => {
        tell = listener;
      },
      onExit: (listener) => {
        exit = listener;
      },
      kill,
    },
    events,
  );
  return { keeper, posted, events, kill, tell: (m: KeeperToMain) => tell(m), exit: () => exit() };
}
const idOf = (message: MainToKeeper | undefined) => (message?.type === 'sign' ? message.id : '');
const codeOf = (signed: Promise<unknown>) =>
  signed.then(
    () => 'signed',
    (error: KeeperError) => error.code,
  );

describe('keeper link', () => {
  it('says that the first run asks for the practice console, and tells the keeper what this console is', () => {
    const { keeper, events, tell, posted } = link();
    tell({ type: 'open-practice' });
    expect(events.openPractice).toHaveBeenCalledOnce();
    keeper.start('/vault', 10);
    expect(posted.at(-1)).toMatchObject({ type: 'start', isPractice: false });
    keeper.kill();
    tell({ type: 'open-practice' });
    expect(events.openPractice).toHaveBeenCalledOnce();
  });

  it('gives each request its own answer', async () => {
    const { keeper, posted, tell } = link();
    const [first, second] = [keeper.sign(request), keeper.sign(request)];
    tell({ type: 'signed', id: idOf(posted[1]), headers: { signature: 'two' } });
    tell({ type: 'signed', id: idOf(posted[0]), headers: { signature: 'one' } });
    expect([await first, await second]).toEqual([{ signature: 'one' }, { signature: 'two' }]);
  });

  it('says that a person declined', async () => {
    const { keeper, posted, tell } = link();
    const signed = keeper.sign(request);
    tell({ type: 'not-signed', id: idOf(posted[0]), reason: 'declined', message: 'Declined.' });
    expect(await codeOf(signed)).toBe('declined');
  });

  it('fails what is open when it is killed, and tells nobody that it died', async () => {
    const { keeper, events, kill, exit } = link();
    const signed = keeper.sign(request);
    keeper.kill();
    exit();
    expect(await codeOf(signed)).toBe('gone');
    expect(kill).toHaveBeenCalledOnce();
    expect(events.died).not.toHaveBeenCalled();
    expect(await codeOf(keeper.sign(request))).toBe('gone');
  });

  it('fails what is open when it dies by itself, and says so once', async () => {
    const { keeper, events, exit } = link();
    const signed = keeper.sign(request);
    exit();
    exit();
    expect(await codeOf(signed)).toBe('gone');
    expect(events.died).toHaveBeenCalledOnce();
  });

  it('hears nothing from a keeper that was killed', () => {
    const { keeper, events, tell } = link();
    keeper.kill();
    tell({ type: 'unlocked', status, keyId: 'k', publicKey: 'p' });
    tell({ type: 'copy', text: 'secret' });
    expect(events.unlocked).not.toHaveBeenCalled();
    expect(events.copy).not.toHaveBeenCalled();
  });
});

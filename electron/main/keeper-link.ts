import { randomUUID } from 'node:crypto';
import type { TrustedRole } from '../../shared/ipc/trusted.ts';
import type { VaultStatus, VaultTaskRequest } from '../../shared/ipc/vault.ts';
import type { ProcessName } from '../../shared/service/launch.ts';
import type {
  AskedRole,
  CustodyAnswer,
  CustodyAsk,
  KeeperToMain,
  MainToKeeper,
  MemberAnswer,
  MemberAsk,
  ServicesAnswer,
  ServicesAsk,
  SigningRequest,
  VaultAnswers,
  WitnessAnswer,
  WitnessAsk,
} from '../keeper/protocol.ts';

type NotSigned = Extract<KeeperToMain, { type: 'not-signed' }>['reason'];

export class KeeperError extends Error {
  override readonly name = 'KeeperError';
  readonly code: NotSigned | 'gone' | 'refused';

  constructor(code: KeeperError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** A port that only the keeper and one other process can read; main carries it. */
export type Port = object;

/** The keeper's process as this link needs it; Electron's `UtilityProcess` behind a thin adapter. */
export interface KeeperProcess {
  readonly pid: number | undefined;
  post(message: MainToKeeper, ports?: readonly Port[]): void;
  onMessage(listener: (message: KeeperToMain) => void): void;
  onExit(listener: () => void): void;
  /** At once and without a chance to refuse: what it holds must be forgotten. */
  kill(): void;
}

export interface KeeperEvents {
  readonly status: (status: VaultStatus) => void;
  /** It runs and has read the vault's state. */
  readonly started: (status: VaultStatus) => void;
  readonly unlocked: (key: { keyId: string; publicKey: string }) => void;
  readonly openWindow: (role: AskedRole, subject: string) => void;
  readonly closeWindow: (role: TrustedRole, subject: string | null) => void;
  readonly copy: (text: string) => void;
  /** Fingerprint of the wallet key that the service is given at its next start. */
  readonly payerKey: (fingerprint: string | null) => void;
  /** The keeper of the former keys has to be replaced. */
  readonly rekeyed: () => void;
  /** Uses of secrets may wait for the ledger. */
  readonly usesWaiting: () => void;
  /** An item that nobody should touch was touched. */
  readonly canary: (label: string, action: string) => void;
  readonly saveFile: (name: string, text: string) => void;
  readonly fatal: (message: string) => void;
  /** It ended without having been told to. */
  readonly died: () => void;
}

/** What the console itself answers, beside its lifecycle. */
interface LinkEvents extends KeeperEvents {
  /** The first run asks for the practice console. */
  readonly openPractice: () => void;
}

export type Reveal = Omit<Extract<MainToKeeper, { type: 'reveal' }>, 'type' | 'id'>;

interface Pending {
  /** What was asked for decides the type of its answer. */
  readonly resolve: (answer: never) => void;
  readonly reject: (error: KeeperError) => void;
}

type Ask = <T>(message: (id: string) => MainToKeeper) => Promise<T>;

/** What the keeper answers, each answer found by its id. */
const questionsOf = (ask: Ask) => ({
  /** @throws KeeperError when the person declines, the vault locks or the keeper refuses */
  sign: (request: SigningRequest): Promise<Readonly<Record<string, string>>> =>
    ask((id) => ({ type: 'sign', id, request })),
  /** @throws KeeperError when the vault is locked */
  askVault: <W extends keyof VaultAnswers>(what: W): Promise<VaultAnswers[W]> =>
    ask((id) => ({ type: 'ask-vault', id, what })),
  /** @throws KeeperError when the person declines, the vault is locked or it is not the turn of this step */
  custody: (asked: CustodyAsk): Promise<CustodyAnswer> => ask((id) => ({ type: 'custody', id, ask: asked })),
  /** @throws KeeperError when the person closes the window, or the vault is locked or refuses */
  member: (asked: MemberAsk): Promise<MemberAnswer> => ask((id) => ({ type: 'member', id, ask: asked })),
  /** @throws KeeperError when the vault is locked or cannot be written */
  witness: (asked: WitnessAsk): Promise<WitnessAnswer> => ask((id) => ({ type: 'witness', id, ask: asked })),
  /** @throws KeeperError when the person closes the window, or the vault is locked or refuses */
  services: (asked: ServicesAsk): Promise<ServicesAnswer> =>
    ask((id) => ({ type: 'services', id, ask: asked })),
});

/** One keeper process, from fork to kill. A new lock means a new link: nothing of the old one can be asked again. */
export function createKeeperLink(process: KeeperProcess, events: LinkEvents, isPractice = false) {
  const pending = new Map<string, Pending>();
  let ended = false;

  const end = (): void => {
    ended = true;
    for (const { reject } of pending.values())
      reject(new KeeperError('gone', 'The vault was locked before this was done.'));
    pending.clear();
  };
  process.onMessage((message) => {
    if (!ended) dispatch(message, events, pending);
  });
  process.onExit(() => {
    if (ended) return;
    end();
    events.died();
  });
  const post = (message: MainToKeeper, ports?: readonly Port[]): void => {
    if (!ended) process.post(message, ports);
  };

  const ask = <T>(message: (id: string) => MainToKeeper): Promise<T> => {
    if (ended) return Promise.reject(new KeeperError('gone', 'The vault is locked.'));
    const id = randomUUID();
    const answered = new Promise<T>((resolve, reject) => {
      pending.set(id, { resolve, reject });
    });
    post(message(id));
    return answered;
  };

  return {
    pid: () => process.pid,
    start: (vaultDirectory: string, idleMinutes: number) =>
      post({ type: 'start', vaultDirectory, idleMinutes, isPractice }),
    attachWindow: (role: TrustedRole, subject: string | null, port: Port) =>
      post({ type: 'attach-window', role, subject }, [port]),
    windowClosed: (role: TrustedRole, subject: string | null) =>
      post({ type: 'window-closed', role, subject }),
    provideKeys: (name: ProcessName, port: Port) => post({ type: 'provide-keys', process: name }, [port]),
    setIdleMinutes: (minutes: number) => post({ type: 'set-idle-minutes', minutes }),
    reveal: (reveal: Reveal) => post({ type: 'reveal', id: randomUUID(), ...reveal }),
    openTask: (request: VaultTaskRequest) => post({ type: 'vault-task', id: randomUUID(), request }),
    usesSent: (last: string) => post({ type: 'uses-sent', last }),
    ...questionsOf(ask),
    kill(): void {
      if (ended) return;
      end();
      process.kill();
    },
  };
}
export type KeeperLink = ReturnType<typeof createKeeperLink>;

/** What says all there is to say by its name. */
function tellPlain(type: KeeperToMain['type'], events: LinkEvents): void {
  if (type === 'rekeyed') events.rekeyed();
  else if (type === 'uses-waiting') events.usesWaiting();
  else if (type === 'open-practice') events.openPractice();
}

function dispatch(message: KeeperToMain, events: LinkEvents, pending: Map<string, Pending>): void {
  if ('status' in message) events.status(message.status);
  else tellPlain(message.type, events);
  switch (message.type) {
    case 'started':
      events.started(message.status);
      break;
    case 'unlocked':
      events.unlocked({ keyId: message.keyId, publicKey: message.publicKey });
      break;
    case 'open-window':
      events.openWindow(message.role, message.subject);
      break;
    case 'close-window':
      events.closeWindow(message.role, message.subject);
      break;
    case 'signed':
    case 'not-signed':
    case 'vault-answer':
    case 'witness-answer':
    case 'custody-answer':
    case 'custody-refused':
    case 'member-answer':
    case 'member-refused':
    case 'witness-refused':
    case 'services-answer':
    case 'services-refused':
      settleAnswer(message, pending);
      break;
    case 'payer-key':
      events.payerKey(message.fingerprint);
      break;
    case 'canary':
      events.canary(message.label, message.action);
      break;
    case 'save-file':
      events.saveFile(message.name, message.text);
      break;
    case 'copy':
      events.copy(message.text);
      break;
    case 'fatal':
      events.fatal(message.message);
  }
}

type Answer = Extract<
  KeeperToMain,
  {
    type:
      | ('signed' | 'not-signed' | 'vault-answer')
      | ('custody-answer' | 'custody-refused' | 'member-answer' | 'member-refused')
      | ('witness-answer' | 'witness-refused')
      | ('services-answer' | 'services-refused');
  }
>;

function settleAnswer(message: Answer, pending: Map<string, Pending>): void {
  const waiting = settle(pending, message.id);
  switch (message.type) {
    case 'signed':
      waiting?.resolve(message.headers as never);
      break;
    case 'not-signed':
    case 'custody-refused':
    case 'member-refused':
    case 'witness-refused':
    case 'services-refused':
      waiting?.reject(new KeeperError(message.reason, message.message));
      break;
    case 'vault-answer':
      if (message.answer) waiting?.resolve(message.answer as never);
      else waiting?.reject(new KeeperError('locked', 'The vault is locked. Unlock it first.'));
      break;
    case 'custody-answer':
    case 'member-answer':
    case 'witness-answer':
    case 'services-answer':
      waiting?.resolve(message.answer as never);
  }
}

function settle(pending: Map<string, Pending>, id: string): Pending | undefined {
  const found = pending.get(id);
  pending.delete(id);
  return found;
}

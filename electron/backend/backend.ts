import { MessageChannelMain, type MessagePortMain } from 'electron';
import type { DownloadRequest } from '../../shared/ipc/member.ts';
import type { Pushed } from '../../shared/ipc/stream.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import type { AdminEndpoint } from './admin-client.ts';
import type { CallRequest } from './admin-request.ts';
import { createAdminTokens } from './admin-tokens.ts';
import type { createAdministration } from './administration.ts';
import { createConsoleChecks } from './console-checks.ts';
import { createCustody } from './custody.ts';
import { eachStep, type StepFailed } from './each-step.ts';
import { type EvidenceDeps, evidenceOf } from './evidence.ts';
import { keepCallsIn, keepFetchIn } from './kept-in.ts';
import { createLocalOperators } from './local-operators.ts';
import { saveProposal } from './proposal-file.ts';
import { remoteService } from './remote-service.ts';
import { ServiceChoice } from './service-choice.ts';
import { createStreamHub, type PagePort, type StreamHub } from './stream-hub.ts';
import { createUseSender } from './use-sender.ts';

/** A service as the rest of the console sees it. */
export interface Service {
  /** At every unlock: starts what does not run. */
  unlocked(): void;
  status(): ServiceStatus;
  /** Null until there is somebody to speak to. */
  endpoint(): AdminEndpoint | null;
  /** Hands the set of admin tokens to the api process of a bundled one, now and after each of its restarts. */
  setAdminTokens(sha256: readonly string[]): void;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

type Administering = Parameters<typeof createAdministration>[0];

interface Deps extends EvidenceDeps {
  readonly bundled: Service;
  readonly services: ConstructorParameters<typeof ServiceChoice>[0]['keeper'];
  /** The page shows another service from now on: nothing that it holds is of that one. */
  readonly renewPage: () => void;
  /** Which service this console is on, or how that stands, is another now. */
  readonly serviceChanged: () => void;
  readonly closed: () => string | null;
  /** Why this console has no other service than its own, and tells nobody outside this machine; null when it may. */
  readonly alone: () => string | null;
  readonly serviceFolder: string;
  readonly operatorsFolder: string;
  readonly key: Administering['key'];
  readonly sign: Administering['sign'];
  readonly reveal: Administering['reveal'];
  readonly custodian: Parameters<typeof createCustody>[0]['custodian'];
  /** The journal of uses, of whichever keeper is open. */
  readonly uses: Pick<Parameters<typeof createUseSender>[0], 'unsent' | 'sent'>;
  readonly witness: Administering['witness'];
  readonly memberKeeper: Administering['memberKeeper'];
  readonly greeting: () => readonly Pushed[];
  /** Hears what the page hears. */
  readonly heard: (item: Pushed) => void;
  /** Attacks this console, and says what was found. */
  readonly checkSelf: Parameters<typeof createConsoleChecks>[0]['check'];
  /** A step of a lock or of the end that failed; the others were taken all the same. */
  readonly stepFailed: StepFailed;
}

const pauseWith =
  (setTimer: Deps['setTimer']) =>
  (ms: number): Promise<void> =>
    new Promise((resolve) => void setTimer(resolve, ms));

const REMOVE_FILES = 'remove the operators’ files';

const pagePort = (port: MessagePortMain): PagePort => ({
  post: (batch) => port.postMessage(batch),
  onMessage: (listener) => {
    port.on('message', ({ data }) => listener(data));
    port.start();
  },
  onClose: (listener) => {
    port.on('close', listener);
  },
  close: () => port.close(),
});

/** What administers the service, loaded when it is first wanted: an unlock window must not wait for the tables of all routes. */
function administrationOf(needs: () => Administering) {
  let loading: Promise<ReturnType<typeof createAdministration>> | null = null;
  return {
    get: () => (loading ??= import('./administration.ts').then((made) => made.createAdministration(needs()))),
    close: async (): Promise<void> => (await loading)?.client.close(),
    /** At another service: the next client knows nothing of this one. */
    leave: async (): Promise<void> => {
      const former = await loading?.catch(() => null);
      loading = null;
      former?.member.forget();
      await former?.client.close();
    },
    /** At a lock: whatever was loaded forgets the member's session, and so does what is still being loaded. */
    forget: (): void => void loading?.then(({ member }) => member.forget()).catch(() => undefined),
  };
}

/** @returns the page's end of the port */
const streamOpener =
  (hub: Pick<StreamHub, 'open'>) =>
  async (after: number | null): Promise<MessagePortMain> => {
    const { port1, port2 } = new MessageChannelMain();
    await hub.open(pagePort(port1), after);
    return port2;
  };

type Loading = ReturnType<typeof administrationOf>['get'];

/** What needs no more of it than one call at a time. */
const callsOf = (administration: Loading) => ({
  call: async (request: CallRequest) => (await administration()).client.call(request),
  callApi: async (request: CallRequest) => (await administration()).callApi(request),
  member: {
    status: async () => (await administration()).member.status(),
    signIn: async () => (await administration()).member.signIn(),
    signOut: async () => (await administration()).member.signOut(),
    download: async (request: DownloadRequest) => (await administration()).download(request),
  },
  enrolment: {
    status: async () => (await administration()).enrolment.status(),
    enrol: async (name: string) => (await administration()).enrolment.enrol(name),
  },
});

const hubOf = (administration: Loading, { greeting, heard, setTimer }: Deps) =>
  createStreamHub({
    connect: async (after, signal) => (await administration()).connect(after, signal),
    ...{ greeting, heard, setTimer },
    now: () => performance.now(),
    random: Math.random,
  });

type Evidence = ReturnType<typeof evidenceOf>;

interface Lockable {
  readonly tokens: Pick<ReturnType<typeof createAdminTokens>, 'close'>;
  readonly operators: Pick<ReturnType<typeof createLocalOperators>, 'removeAll'>;
  readonly hub: Pick<ReturnType<typeof hubOf>, 'close'>;
  readonly evidence: Pick<Evidence, 'ends'>;
  readonly checks: Pick<ReturnType<typeof createConsoleChecks>, 'close'>;
  readonly choice: Pick<ServiceChoice, 'locked'>;
  /** Of the member's session. */
  readonly forget: () => void;
}

const lockSteps = ({ tokens, operators, hub, evidence, checks, choice, forget }: Lockable) => ({
  'withdraw the admin tokens': tokens.close,
  [REMOVE_FILES]: operators.removeAll,
  'close the event stream': hub.close,
  ...evidence.ends,
  'end the checks of this console': checks.close,
  'forget the member’s session': forget,
  'leave the remote service': choice.locked,
});

interface Around {
  readonly administration: Loading;
  readonly hub: () => Pick<ReturnType<typeof hubOf>, 'close' | 'push' | 'retryNow'>;
  readonly evidence: () => Pick<Evidence, 'ends'>;
  readonly checks: () => Pick<ReturnType<typeof createConsoleChecks>, 'moved'>;
  readonly forgetClient: () => Promise<void>;
}

/** Which service this is about, and what leaving it takes. */
function choiceOf(
  deps: Deps,
  { administration, hub, evidence, checks, forgetClient }: Around,
): ServiceChoice {
  const { bundled, services: keeper, closed, alone, setTimer } = deps;
  const changed = (): void => {
    deps.serviceChanged();
    hub().push({ type: 'connection', status: choice.connection() });
    hub().push({ type: 'service', status: choice.service.status() });
  };
  const renewPage = (): void => {
    checks().moved();
    deps.renewPage();
  };
  const choice: ServiceChoice = new ServiceChoice({
    ...{ bundled, keeper, renewPage, closed, alone, changed },
    remote: (profile) =>
      remoteService(profile, {
        look: async () => (await administration()).client.call({ route: 'operators.list' }),
        ...{ setTimer, random: Math.random, onChange: changed, onServing: () => hub().retryNow() },
      }),
    leave: async () => {
      eachStep(evidence().ends, deps.stepFailed);
      await Promise.allSettled([hub().close(), forgetClient()]);
    },
    notice: (text) => hub().push({ type: 'notice', level: 'error', text, at: new Date().toISOString() }),
  });
  return choice;
}

type Tokens = Pick<ReturnType<typeof createAdminTokens>, 'own'>;

/** What one client may know: of the service that it was made at, and nothing once that was left. */
function groundOf(deps: Deps, choice: ServiceChoice, tokens: Tokens): Administering {
  const at = choice.at();
  const here =
    <T>(read: () => T | null) =>
    (): T | null =>
      choice.at() === at ? read() : null;
  const endpoint = here(() => choice.service.endpoint());
  return {
    ...deps,
    endpoint,
    token: here(() => {
      const to = endpoint();
      return to && 'token' in to ? to.token : tokens.own();
    }),
    publicOrigin: here(() => choice.service.status().api),
    key: () => choice.profile() ?? deps.key(),
    service: choice.profile()?.id ?? null,
    askCode: choice.askCode,
  };
}

/** Everything main does towards the service: tokens, signed calls, enrolment, local operators and the event stream. */
export function createBackend(deps: Deps) {
  const tokens = createAdminTokens((set) => deps.bundled.setAdminTokens(set));
  const { get: administration, ...loaded } = administrationOf(() => groundOf(deps, choice, tokens));
  const choice: ServiceChoice = choiceOf(deps, {
    ...{ administration, forgetClient: loaded.leave },
    ...{ hub: () => hub, evidence: () => evidence, checks: () => checks },
  });
  const { service } = choice;
  const hub = hubOf(administration, deps);
  const { call, callApi, enrolment, member } = callsOf(administration);
  const operators = createLocalOperators({
    ...{ client: { call }, endpoint: service.endpoint, issueToken: tokens.issueForTool },
    folder: deps.operatorsFolder,
  });
  const uses = createUseSender({ ...deps.uses, call });
  // The journal of this vault is for the ledger of this console: a remote one does not know the key that signed it.
  const sendUses = (): void => (choice.isBundled() ? uses.send() : undefined);
  const evidence = evidenceOf(administration, deps, hub.push);
  const checks = createConsoleChecks({
    ...{ enrolment: enrolment.status, check: deps.checkSelf, call, setTimer: deps.setTimer },
  });
  eachStep({ [REMOVE_FILES]: operators.removeAll }, deps.stepFailed);

  return {
    ...{ service, enrolment, member, localOperators: operators, sendUses },
    callApi: keepCallsIn(deps.alone, callApi),
    saveProposal: saveProposal({ call, chooseFile: deps.chooseFile }),
    services: choice.asked,
    connection: choice.connection,
    custody: createCustody({
      ...{ custodian: deps.custodian, service, call, pause: pauseWith(deps.setTimer) },
      fetch: keepFetchIn(deps.alone),
    }),
    evidence: evidence.asked,
    push: hub.push,
    serviceServes: () =>
      eachStep({ 'reopen the stream': hub.retryNow, 'send the journal': sendUses }, deps.stepFailed),
    openStream: streamOpener(hub),
    didUnlock(): void {
      tokens.open();
      service.unlocked();
      evidence.rounds.open();
      checks.open();
      // So that the first call need not wait for it; if it cannot be loaded, that call says so.
      administration().catch(() => undefined);
    },
    /** The bundled service runs on; nobody can administer it until the next unlock. */
    didLock: (): void =>
      eachStep(lockSteps({ tokens, operators, hub, evidence, checks, choice, ...loaded }), deps.stepFailed),
    async stop(): Promise<void> {
      checks.close();
      eachStep(evidence.ends, deps.stepFailed);
      await Promise.allSettled([hub.close(), loaded.close()]);
      await service.stop();
    },
  };
}
export type Backend = ReturnType<typeof createBackend>;

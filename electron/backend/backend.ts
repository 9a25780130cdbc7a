import { MessageChannelMain, type MessagePortMain } from 'electron';
import type { DownloadRequest } from '../../shared/ipc/member.ts';
import type { Pushed } from '../../shared/ipc/stream.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import type { AdminEndpoint } from './admin-client.ts';
import type { CallRequest } from './admin-request.ts';
import { createAdminTokens } from './admin-tokens.ts';
import type { createAdministration } from './administration.ts';
import { createCustody } from './custody.ts';
import { eachStep, type StepFailed } from './each-step.ts';
import { type EvidenceDeps, evidenceOf } from './evidence.ts';
import { createLocalOperators } from './local-operators.ts';
import { createStreamHub, type PagePort } from './stream-hub.ts';
import { createUseSender } from './use-sender.ts';

/** The bundled service as the rest of the console sees it. */
export interface Service {
  /** At every unlock: starts what does not run. */
  unlocked(): void;
  status(): ServiceStatus;
  /** Null until the api process serves. */
  endpoint(): AdminEndpoint | null;
  /** Hands the set of admin tokens to the api process, now and after each of its restarts. */
  setAdminTokens(sha256: readonly string[]): void;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

type Administering = Parameters<typeof createAdministration>[0];

interface Deps extends EvidenceDeps {
  readonly service: Service;
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
function administrationOf(needs: Administering) {
  let loading: Promise<ReturnType<typeof createAdministration>> | null = null;
  return {
    get: () => (loading ??= import('./administration.ts').then((made) => made.createAdministration(needs))),
    close: async (): Promise<void> => (await loading)?.client.close(),
    /** At a lock: whatever was loaded forgets the member's session, and so does what is still being loaded. */
    forget: (): void => void loading?.then(({ member }) => member.forget()).catch(() => undefined),
  };
}

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

interface Lockable {
  readonly tokens: Pick<ReturnType<typeof createAdminTokens>, 'close'>;
  readonly operators: Pick<ReturnType<typeof createLocalOperators>, 'removeAll'>;
  readonly hub: Pick<ReturnType<typeof hubOf>, 'close'>;
  readonly evidence: Pick<ReturnType<typeof evidenceOf>, 'ends'>;
  /** Of the member's session. */
  readonly forget: () => void;
}

const lockSteps = ({ tokens, operators, hub, evidence, forget }: Lockable) => ({
  'withdraw the admin tokens': tokens.close,
  [REMOVE_FILES]: operators.removeAll,
  'close the event stream': hub.close,
  ...evidence.ends,
  'forget the member’s session': forget,
});

/** Everything main does towards the service: tokens, signed calls, enrolment, local operators and the event stream. */
export function createBackend(deps: Deps) {
  const { service } = deps;
  const endpoint = () => service.endpoint();
  const tokens = createAdminTokens((set) => service.setAdminTokens(set));
  const publicOrigin = () => service.status().api;
  const { get: administration, ...loaded } = administrationOf({
    ...deps,
    endpoint,
    token: tokens.own,
    publicOrigin,
  });
  const hub = hubOf(administration, deps);
  const { call, callApi, enrolment, member } = callsOf(administration);
  const operators = createLocalOperators({
    ...{ client: { call }, endpoint, issueToken: tokens.issueForTool, folder: deps.operatorsFolder },
  });
  const uses = createUseSender({ ...deps.uses, call });
  const evidence = evidenceOf(administration, deps, hub.push);
  eachStep({ [REMOVE_FILES]: operators.removeAll }, deps.stepFailed);

  return {
    service,
    callApi,
    enrolment,
    member,
    localOperators: operators,
    custody: createCustody({ custodian: deps.custodian, service, call, pause: pauseWith(deps.setTimer) }),
    evidence: evidence.asked,
    push: hub.push,
    serviceServes: () =>
      eachStep({ 'reopen the stream': hub.retryNow, 'send the journal': uses.send }, deps.stepFailed),
    sendUses: uses.send,
    /** @returns the page's end of the port */
    async openStream(after: number | null): Promise<MessagePortMain> {
      const { port1, port2 } = new MessageChannelMain();
      await hub.open(pagePort(port1), after);
      return port2;
    },
    didUnlock(): void {
      tokens.open();
      service.unlocked();
      evidence.rounds.open();
      // So that the first call need not wait for it; if it cannot be loaded, that call says so.
      administration().catch(() => undefined);
    },
    /** The service runs on; nobody can administer it until the next unlock. */
    didLock(): void {
      eachStep(lockSteps({ tokens, operators, hub, evidence, ...loaded }), deps.stepFailed);
    },
    async stop(): Promise<void> {
      eachStep(evidence.ends, deps.stepFailed);
      await Promise.allSettled([hub.close(), loaded.close()]);
      await service.stop();
    },
  };
}
export type Backend = ReturnType<typeof createBackend>;

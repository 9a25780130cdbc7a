import { MessageChannelMain, type MessagePortMain } from 'electron';
import type { Pushed } from '../../shared/ipc/stream.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import type { SigningRequest } from '../keeper/protocol.ts';
import { type AdminEndpoint, createAdminClient } from './admin-client.ts';
import { createAdminTokens } from './admin-tokens.ts';
import { apiCall } from './api-call.ts';
import { eachStep, type StepFailed } from './each-step.ts';
import { createEnrolment, type OwnKey } from './enrolment.ts';
import { createLocalOperators } from './local-operators.ts';
import { openStream } from './stream-connection.ts';
import { createStreamHub, type PagePort } from './stream-hub.ts';

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

interface Deps {
  readonly service: Service;
  readonly serviceFolder: string;
  readonly operatorsFolder: string;
  readonly key: () => OwnKey | null;
  readonly sign: (request: SigningRequest) => Promise<Readonly<Record<string, string>>>;
  readonly reveal: Parameters<typeof apiCall>[0]['reveal'];
  readonly greeting: () => readonly Pushed[];
  /** A step of a lock or of the end that failed; the others were taken all the same. */
  readonly stepFailed: StepFailed;
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
}

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

/** Everything main does towards the service: tokens, signed calls, enrolment, local operators and the event stream. */
export function createBackend(deps: Deps) {
  const { service } = deps;
  const endpoint = () => service.endpoint();
  const tokens = createAdminTokens((set) => service.setAdminTokens(set));
  const client = createAdminClient({ endpoint, token: tokens.own, sign: deps.sign });
  const connection = { agent: client.agent, origin: () => endpoint()?.origin ?? null, token: tokens.own };
  const hub = createStreamHub({
    connect: openStream(connection),
    greeting: deps.greeting,
    setTimer: deps.setTimer,
    now: () => performance.now(),
    random: Math.random,
  });
  const operators = createLocalOperators({
    client,
    endpoint,
    issueToken: tokens.issueForTool,
    folder: deps.operatorsFolder,
  });
  eachStep({ [REMOVE_FILES]: operators.removeAll }, deps.stepFailed);

  return {
    service,
    callApi: apiCall({ client, reveal: deps.reveal }),
    enrolment: createEnrolment({ client, key: deps.key, serviceFolder: deps.serviceFolder }),
    localOperators: operators,
    push: hub.push,
    serviceServes: hub.retryNow,
    /** @returns the page's end of the port */
    async openStream(after: number | null): Promise<MessagePortMain> {
      const { port1, port2 } = new MessageChannelMain();
      await hub.open(pagePort(port1), after);
      return port2;
    },
    didUnlock(): void {
      tokens.open();
      service.unlocked();
    },
    /** The service runs on; nobody can administer it until the next unlock. */
    didLock(): void {
      eachStep(
        {
          'withdraw the admin tokens': tokens.close,
          [REMOVE_FILES]: operators.removeAll,
          'close the event stream': hub.close,
        },
        deps.stepFailed,
      );
    },
    async stop(): Promise<void> {
      await Promise.allSettled([hub.close(), client.close()]);
      await service.stop();
    },
  };
}
export type Backend = ReturnType<typeof createBackend>;

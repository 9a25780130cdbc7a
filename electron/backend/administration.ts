import { type AdminEndpoint, createAdminClient } from './admin-client.ts';
import { apiCall } from './api-call.ts';
import { createEnrolment, type OwnKey } from './enrolment.ts';
import { openExport } from './export-connection.ts';
import type { ChooseFile } from './exports.ts';
import type { Witness } from './log-look.ts';
import { createLogWatch } from './log-watch.ts';
import { createMemberSession } from './member-session.ts';
import { createMintDownload } from './mint-download.ts';
import { openStream } from './stream-connection.ts';

interface Deps {
  readonly endpoint: () => AdminEndpoint | null;
  readonly token: () => string | null;
  readonly sign: Parameters<typeof createAdminClient>[0]['sign'];
  readonly reveal: Parameters<typeof apiCall>[0]['reveal'];
  readonly key: () => OwnKey | null;
  readonly serviceFolder: string;
  /** Profile of the remote service that this is about; null for the bundled one. */
  readonly service: string | null;
  /** Asks a person for the enrolment code of a remote service. */
  readonly askCode: () => Promise<string>;
  readonly witness: Witness;
  readonly memberKeeper: Parameters<typeof createMemberSession>[0]['keeper'];
  /** Origin of the public plane; null while the service does not serve. */
  readonly publicOrigin: () => string | null;
  readonly chooseFile: ChooseFile;
}

/** What the console says to a service that serves. It knows every route, so it is loaded with the first unlock and not before. */
export function createAdministration(deps: Deps) {
  const { endpoint, token, sign, reveal, key, serviceFolder, service, publicOrigin, chooseFile } = deps;
  const askCode = service === null ? null : deps.askCode;
  const witness: Witness = (ask) => deps.witness({ ...ask, service });
  const member = createMemberSession({
    ...{ keeper: deps.memberKeeper, origin: publicOrigin },
    now: () => Date.now(),
  });
  const client = createAdminClient({ endpoint, token, sign, member, publicOrigin });
  const ground = { agent: client.agent, origin: () => endpoint()?.origin ?? null, token };
  return {
    client,
    callApi: apiCall({ client, reveal }),
    enrolment: createEnrolment({ client, key, serviceFolder, askCode }),
    logWatch: createLogWatch({ client, witness }),
    connect: openStream(ground),
    member,
    download: createMintDownload({ client, publicOrigin, chooseFile }),
    openExport: openExport(ground),
  };
}

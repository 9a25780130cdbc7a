import { Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { AwsCredentials, AwsSecret } from './aws-access.ts';
import { CustodyError, type CustodyErrorCode } from './custody-error.ts';

/** Bytes to and from one host. Whoever carries them is not trusted: TLS ends here. */
export type Dial = (host: string) => Duplex;

export interface Wire {
  readonly dial: Dial;
  /** Certificates to trust instead of the public ones. */
  readonly roots?: string;
}

type Stage = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

/** One secret at AWS, and nothing else of AWS. Every method throws CustodyError `aws-…`. */
export interface SecretStore {
  /** Which version has which label. */
  stages(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** The text of one version. */
  read(version: string): Promise<string>;
  /** Writes a version under AWSPENDING; the same again changes nothing. */
  put(version: string, text: string): Promise<void>;
  /** Moves a label; refused by AWS when it is not where it is said to be. */
  move(stage: Stage, from: string, to: string | null): Promise<void>;
  close(): void;
}

const TIMEOUT_MS = 15_000;
const ATTEMPTS = 3;

/** What a refusal of AWS means here, and what to do about it. */
const REFUSALS: Readonly<Record<string, readonly [CustodyErrorCode, string]>> = {
  ResourceNotFoundException: [
    'aws-refused',
    'There is no such secret in this region and account. Compare the ARN with the one that AWS shows.',
  ],
  AccessDeniedException: [
    'aws-refused',
    'AWS denies this to the access key. Give it the importer’s policy that this page shows, for this very secret.',
  ],
  UnrecognizedClientException: ['aws-refused', 'AWS does not know this access key. Is it a deleted one?'],
  InvalidSignatureException: [
    'aws-refused',
    'AWS refuses the signature: the two halves of the access key do not belong together.',
  ],
  ExpiredTokenException: [
    'aws-refused',
    'The session of this access key has expired. Put a fresh one into the vault.',
  ],
  DecryptionFailure: [
    'aws-refused',
    'AWS cannot decrypt the secret for this access key. Grant kms:Decrypt on its key.',
  ],
  EncryptionFailure: [
    'aws-refused',
    'AWS cannot encrypt the secret for this access key. Grant kms:GenerateDataKey on its key.',
  ],
  InvalidRequestException: [
    'aws-refused',
    'AWS refuses this in the secret’s present state. Is it marked for deletion?',
  ],
  InvalidParameterException: [
    'aws-moved',
    'Somebody moved the labels of this secret in this moment. Nothing was overwritten; do this step again.',
  ],
  ResourceExistsException: [
    'aws-moved',
    'This version is there with another content. Abort, and rotate again.',
  ],
};

const UNREACHABLE =
  'AWS Secrets Manager does not answer. Nothing is lost: do this step again when the network is back.';

/** A certificate that is not AWS’s is said as that: it is no bad day of the network. */
function saidOf(error: unknown): CustodyError {
  if (error instanceof CustodyError) return error;
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  const [kind, sentence] = REFUSALS[name] ?? [];
  if (kind && sentence) return new CustodyError(kind, sentence);
  if (/CERT|SIGNATURE|ALTNAME/.test(code))
    return new CustodyError(
      'aws-refused',
      'Whoever answers is not AWS: its certificate is another one. Nothing was sent. Look at the network of this machine.',
    );
  return new CustodyError('aws-unreachable', /air gap/i.test(message) ? message : UNREACHABLE);
}

class WireAgent extends Agent {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    super({ keepAlive: false });
    this.#wire = wire;
  }

  /** Node calls it for every request. */
  createConnection({ host }: { host: string }): TLSSocket {
    const { dial, roots } = this.#wire;
    return connect({
      socket: dial(host),
      servername: host,
      minVersion: 'TLSv1.2',
      ...(roots === undefined ? {} : { ca: roots }),
    });
  }
}

/** Signs, encrypts and reads within this process; the wire sees TLS. Nothing is looked up in the environment or in files of AWS. */
export function secretStore(
  { arn, region, host }: AwsSecret,
  credentials: AwsCredentials,
  wire: Wire,
): SecretStore {
  const client = new SecretsManagerClient({
    ...{ region, credentials, endpoint: `https://${host}`, maxAttempts: ATTEMPTS, retryMode: 'standard' },
    ...{ defaultsMode: 'legacy', useDualstackEndpoint: false, useFipsEndpoint: false },
    requestHandler: { httpsAgent: new WireAgent(wire), requestTimeout: TIMEOUT_MS },
  });
  const said = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw saidOf(error);
    });
  const at = { SecretId: arn };
  return {
    stages: async () => (await said(client.send(new DescribeSecretCommand(at)))).VersionIdsToStages ?? {},
    async read(version) {
      const { SecretString, VersionId } = await said(
        client.send(new GetSecretValueCommand({ ...at, VersionId: version })),
      );
      if (SecretString === undefined || VersionId !== version)
        throw new CustodyError(
          'aws-differs',
          'AWS answered with something that is not this version as text.',
        );
      return SecretString;
    },
    async put(version, text) {
      const request = {
        ...at,
        ClientRequestToken: version,
        SecretString: text,
        VersionStages: ['AWSPENDING'],
      };
      await said(client.send(new PutSecretValueCommand(request)));
    },
    async move(stage, from, to) {
      const request = { ...at, VersionStage: stage, RemoveFromVersionId: from };
      await said(
        client.send(
          new UpdateSecretVersionStageCommand(to === null ? request : { ...request, MoveToVersionId: to }),
        ),
      );
    },
    close: () => client.destroy(),
  };
}

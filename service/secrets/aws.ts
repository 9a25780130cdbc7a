import { SecretsError, type SecretsErrorCode } from './secrets-error.ts';

export interface AwsSecret {
  readonly region: string;
  readonly secretId: string;
  /** All tries together. */
  readonly timeoutMs?: number;
}

/** Long enough for three tries and a token of the instance's role, short enough for whoever waits for a start. */
const TIMEOUT_MS = 15_000;
const CONNECT_MS = 3_000;
const ATTEMPTS = 3;

/** What a refusal of AWS means here, and what to do about it. Anything else is a service that cannot be reached now. */
const REFUSALS: Readonly<Record<string, readonly [SecretsErrorCode, string]>> = {
  ResourceNotFoundException: [
    'secret-missing',
    'does not exist. Check AWS_SECRETS_MANAGER_SECRET_ID and AWS_REGION',
  ],
  InvalidRequestException: [
    'secret-missing',
    'cannot be read in its present state. Is it marked for deletion?',
  ],
  AccessDeniedException: [
    'secret-denied',
    'may not be read by this role. Grant secretsmanager:GetSecretValue',
  ],
  DecryptionFailure: ['secret-denied', 'cannot be decrypted by this role. Grant kms:Decrypt on its key'],
  CredentialsProviderError: ['secret-denied', 'cannot be read: this process has no AWS credentials'],
  UnrecognizedClientException: ['secret-denied', 'cannot be read: AWS does not know these credentials'],
  InvalidSignatureException: [
    'secret-denied',
    'cannot be read: AWS refuses the signature of these credentials',
  ],
  ExpiredTokenException: ['secret-denied', 'cannot be read: the AWS credentials have expired'],
  SyntaxError: ['secret-garbled', 'was answered with something that is not the AWS protocol'],
};

const UNREACHABLE = [
  'secret-unreachable',
  'cannot be read now: AWS Secrets Manager does not answer',
] as const;

function refusalOf(error: unknown, secretId: string): SecretsError {
  const name = error instanceof Error ? error.name : '';
  const [code, sentence] = REFUSALS[name] ?? UNREACHABLE;
  return new SecretsError(code, `The secret ${secretId} ${sentence}${sentence.endsWith('?') ? '' : '.'}`);
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/**
 * The text of the secret. The SDK finds credentials as it always does (environment, profile, role); it is loaded only here, so a
 * service without AWS pays nothing for it.
 * @throws SecretsError
 */
async function readSecretText({ region, secretId, timeoutMs = TIMEOUT_MS }: AwsSecret): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({
    region,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_MS },
  });
  const cut = AbortSignal.timeout(timeoutMs);
  try {
    // The signal ends a request; the race also ends the search for credentials.
    const sent = client.send(new GetSecretValueCommand({ SecretId: secretId }), { abortSignal: cut });
    const { SecretString } = await Promise.race([sent, aborted(cut)]);
    if (typeof SecretString === 'string') return SecretString;
  } catch (error) {
    throw refusalOf(error, secretId);
  } finally {
    client.destroy();
  }
  throw new SecretsError('secret-garbled', `The secret ${secretId} is binary; it must be a JSON object.`);
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

function parsedObject(text: string, secretId: string): object {
  const garbled = new SecretsError('secret-garbled', `The secret ${secretId} is not a JSON object.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw garbled;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw garbled;
  return parsed;
}

/**
 * Reads the JSON secret: names of environment variables and their values.
 * @throws SecretsError for anything but an object of strings
 */
export async function readAwsSecret(secret: AwsSecret): Promise<ReadonlyMap<string, string>> {
  const { secretId } = secret;
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(parsedObject(await readSecretText(secret), secretId))) {
    if (!VARIABLE.test(name))
      throw new SecretsError(
        'secret-garbled',
        `The secret ${secretId} has a key that cannot be a variable’s name.`,
      );
    if (typeof value !== 'string')
      throw new SecretsError('secret-garbled', `${name} in the secret ${secretId} is not a string.`);
    values.set(name, value);
  }
  return values;
}

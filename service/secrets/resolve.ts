import type { Provenance, ValueSource } from '../../shared/http/settings.ts';
import { readAwsSecret } from './aws.ts';
import { readEnvFiles } from './env-files.ts';
import { requireWholePairs } from './key-pairs.ts';
import { SecretsError } from './secrets-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Origin {
  readonly source: Exclude<ValueSource, 'default' | 'generated'>;
  readonly detail: string | null;
}

export interface ResolvedEnvironment {
  readonly provider: 'env' | 'aws';
  readonly env: Environment;
  /** Undefined for a variable without a value; an empty one is one that somebody cleared. */
  originOf(name: string): Origin | undefined;
}

interface Layer extends Origin {
  readonly values: ReadonlyMap<string, string>;
}

const ENVIRONMENT: Origin = { source: 'environment', detail: null };

/** Lays each layer under what is defined already. A prototype cannot be reached: it has none. */
function compose(given: Environment, layers: readonly Layer[]) {
  const env: Record<string, string | undefined> = Object.assign(Object.create(null), given);
  const origins = new Map(Object.keys(given).map((name) => [name, ENVIRONMENT]));
  for (const { values, source, detail } of layers) {
    for (const [name, value] of values) {
      if (env[name] !== undefined) continue;
      env[name] = value;
      origins.set(name, { source, detail });
    }
  }
  return { env, originOf: (name: string) => (env[name] ? origins.get(name) : undefined) };
}

function placeOf({ source, detail }: Origin): string {
  if (source === 'environment') return 'the environment';
  return source === 'aws' ? `the secret ${detail}` : `${detail}`;
}

async function awsLayer(env: Environment): Promise<Layer> {
  const { AWS_REGION: region, AWS_SECRETS_MANAGER_SECRET_ID: secretId } = env;
  if (!region || !secretId)
    throw new SecretsError(
      'settings-missing',
      'SECRETS_PROVIDER=aws needs AWS_REGION and AWS_SECRETS_MANAGER_SECRET_ID in the environment.',
    );
  return { source: 'aws', detail: secretId, values: await readAwsSecret({ region, secretId }) };
}

async function fileLayers(folder: string): Promise<Layer[]> {
  const files = await readEnvFiles(folder);
  const elsewhere = files.find(({ values }) => (values.get('SECRETS_PROVIDER') || 'env') !== 'env');
  if (elsewhere)
    throw new SecretsError(
      'settings-missing',
      `${elsewhere.name} sets SECRETS_PROVIDER, which belongs into the environment itself. Set it there.`,
    );
  return files.map(({ name, values }) => ({ source: 'file', detail: name, values }));
}

/**
 * Fills undefined environment variables from the secrets provider, before anything else is started. `process.env` itself is left
 * alone: what the provider gave reaches nobody but the reader of the configuration.
 * @param folder where `.env` files are looked for
 * @throws SecretsError with a sentence that names no value: the service must not start
 */
export async function resolveEnvironment(given: Environment, folder: string): Promise<ResolvedEnvironment> {
  const provider = given.SECRETS_PROVIDER === 'aws' ? 'aws' : 'env';
  const layers = provider === 'aws' ? [await awsLayer(given)] : await fileLayers(folder);
  const { env, originOf } = compose(given, layers);
  requireWholePairs((name) => {
    const origin = originOf(name);
    return origin && placeOf(origin);
  });
  return { provider, env, originOf };
}

/**
 * Where each variable's value came from.
 * @param generated those that a development service makes when nobody set them
 */
export const provenanceOf = (
  { provider, originOf }: ResolvedEnvironment,
  names: readonly string[],
  generated: ReadonlySet<string>,
): Provenance => ({
  provider,
  values: names.map((name) => ({
    name,
    ...(originOf(name) ?? { source: generated.has(name) ? 'generated' : 'default', detail: null }),
  })),
});

import { z } from 'zod';
import type { ExportSettings, StorageCredentials } from '../../shared/service/export-settings.ts';

export const EXPORTS_USAGE = `  SALLYPORT_RESOLVER_ORIGIN   public origin of the scan plane, which QR codes say; without it no sheets of them are made
  SALLYPORT_EXPORTS_BUCKET, SALLYPORT_EXPORTS_REGION   bucket of an S3-compatible store that keeps exports; without it a
                           folder of the data directory does
  SALLYPORT_EXPORTS_ENDPOINT  https address of that store, in development http as well; without it AWS S3
  SALLYPORT_EXPORTS_ACCESS_KEY_ID, SALLYPORT_EXPORTS_SECRET_ACCESS_KEY   who may write there, read and delete`;

const isWebOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;

const origin = z.string().refine(isWebOrigin, 'must be an origin like https://scan.example, without a path');

export const exportVariables = {
  SALLYPORT_RESOLVER_ORIGIN: origin.optional(),
  SALLYPORT_EXPORTS_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional(),
  SALLYPORT_EXPORTS_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'must be a region like eu-central-1')
    .optional(),
  SALLYPORT_EXPORTS_ENDPOINT: origin.optional(),
  SALLYPORT_EXPORTS_ACCESS_KEY_ID: z.string().optional(),
  SALLYPORT_EXPORTS_SECRET_ACCESS_KEY: z.string().optional(),
};

type ExportVariables = Partial<Readonly<Record<keyof typeof exportVariables, string | undefined>>>;

const OF_BUCKET = [
  'SALLYPORT_EXPORTS_BUCKET',
  'SALLYPORT_EXPORTS_REGION',
  'SALLYPORT_EXPORTS_ACCESS_KEY_ID',
  'SALLYPORT_EXPORTS_SECRET_ACCESS_KEY',
] as const;

/** What values that are good by themselves are not together: whole sentences, and no value. */
export function exportComplaints(env: ExportVariables, environment: 'development' | 'production'): string[] {
  const missing = OF_BUCKET.filter((name) => env[name] === undefined);
  const named = missing.length < OF_BUCKET.length || env.SALLYPORT_EXPORTS_ENDPOINT !== undefined;
  const complaints =
    named && missing.length > 0 ? [`A bucket for exports needs ${missing.join(' and ')} too.`] : [];
  const plain = (['SALLYPORT_RESOLVER_ORIGIN', 'SALLYPORT_EXPORTS_ENDPOINT'] as const).filter((name) =>
    env[name]?.startsWith('http:'),
  );
  if (environment === 'development') return complaints;
  return [...complaints, ...plain.map((name) => `In production ${name} must be https.`)];
}

/** Settings, which are logged, and credentials, which are not. */
export function exportsFrom(env: ExportVariables): {
  readonly settings: ExportSettings;
  readonly credentials: StorageCredentials | undefined;
} {
  const { SALLYPORT_RESOLVER_ORIGIN: resolverOrigin, SALLYPORT_EXPORTS_ENDPOINT: endpoint } = env;
  const { SALLYPORT_EXPORTS_BUCKET: bucket, SALLYPORT_EXPORTS_REGION: region } = env;
  const { SALLYPORT_EXPORTS_ACCESS_KEY_ID: accessKeyId } = env;
  const { SALLYPORT_EXPORTS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const hasBucket = bucket !== undefined && region !== undefined;
  return {
    settings: {
      ...(resolverOrigin === undefined ? {} : { resolverOrigin }),
      ...(hasBucket ? { bucket: { bucket, region, ...(endpoint === undefined ? {} : { endpoint }) } } : {}),
    },
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { accessKeyId, secretAccessKey },
  };
}

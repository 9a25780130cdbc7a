import { z } from 'zod';

/** A bucket of an S3-compatible store. Its credentials travel with the keys, because settings are logged. */
const exportBucket = z.object({
  bucket: z.string().min(3).max(63),
  region: z.string().min(1),
  /** Absent: AWS itself. */
  endpoint: z.url().optional(),
});
export type ExportBucket = z.infer<typeof exportBucket>;

/** Where exports of mint jobs are kept, and what their QR codes say. */
export const exportSettings = z.object({
  /** Public origin of the scan plane; absent: sheets of QR codes cannot be made. */
  resolverOrigin: z.url().optional(),
  /** Absent: a folder of the data directory. */
  bucket: exportBucket.optional(),
});
export type ExportSettings = z.infer<typeof exportSettings>;

export const storageCredentials = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
});
export type StorageCredentials = z.infer<typeof storageCredentials>;

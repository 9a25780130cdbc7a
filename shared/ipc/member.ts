import { z } from 'zod';
import { idOf } from '../ids/ids.ts';

/** The session of a brand's member, as a page may know it: whose it is, never what it is made of. */
export const memberStatus = z.object({ who: z.string().nullable() });
export type MemberStatus = z.infer<typeof memberStatus>;

export const downloadRequest = z.strictObject({
  exportId: idOf('mintExport'),
  /** Names on the card what the file is of; the service refuses another. */
  batchName: z.string().min(1).max(100),
});
export type DownloadRequest = z.infer<typeof downloadRequest>;

/** `none`: nobody chose a file. A file that is there is the one that the service said it made. */
export const downloadReport = z.object({
  state: z.enum(['none', 'saved']),
  path: z.string().nullable(),
  bytes: z.number().int(),
  sha256: z.string().nullable(),
});
export type DownloadReport = z.infer<typeof downloadReport>;

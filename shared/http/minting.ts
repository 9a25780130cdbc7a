import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { hasCheckDigit } from './gtin.ts';

/** Tokens of one job. */
export const MAX_QUANTITY = 1_000_000;
/** Characters of a serial. */
export const MAX_SERIAL = 64;

export const BRAND_ROLES = ['owner', 'admin', 'member'] as const;
export type BrandRole = (typeof BRAND_ROLES)[number];

/** `none`: active from the start; `manual`: until a member activates it; `first_scan`: until somebody scans it. */
export const ACTIVATION_MODES = ['none', 'manual', 'first_scan'] as const;
export type ActivationMode = (typeof ACTIVATION_MODES)[number];

export const JOB_STATES = ['queued', 'running', 'paused', 'completed', 'cancelled', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export const TOKEN_STATES = ['issued', 'active', 'voided'] as const;
export type TokenState = (typeof TOKEN_STATES)[number];

const gtin = z
  .string()
  .regex(/^(?:\d{8}|\d{12,14})$/, 'a GTIN has 8, 12, 13 or 14 digits')
  .refine(hasCheckDigit, 'the check digit of this GTIN is wrong');

/** What the tokens of a job are tokens of. */
export const product = z.strictObject({
  name: z.string().trim().min(1, 'name the product').max(100),
  gtin: gtin.optional(),
  description: z.string().trim().max(500).optional(),
  /** Where the owner of a scanned product reads more. */
  url: z
    .url({ protocol: /^https$/, message: 'an https address is needed' })
    .max(300)
    .optional(),
});
export type Product = z.infer<typeof product>;

export const moment = z.iso.datetime();
export const role = z.enum(BRAND_ROLES);
export const label = (what: string, most: number) => z.string().trim().min(1, `name the ${what}`).max(most);

export const page = {
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(64).optional(),
};
export const nextCursor = z.string().nullable();
export const eventId = idOf('entry');
export const reason = z.string().trim().min(1, 'say why').max(500);

/** A member's session and nothing else: whatever stands in its place is as good as nothing (SPEC 11). */
const BY_MEMBER = {
  bearer: 'session',
  signed: 'no',
  otherFamily: 401,
  unsignedBecause:
    'a member’s own session and its role in the brand bound it; from the console an operator signs as well',
} as const;
export const READ = { bearer: 'session', signed: 'no', otherFamily: 401 } as const;
const MAY_MINT = ['custodian', 'administrator'] as const;
const MAY_STOP = ['responder', 'custodian', 'administrator'] as const;
export const mints = { ...BY_MEMBER, countersigned: MAY_MINT } as const;
export const stops = { ...BY_MEMBER, countersigned: MAY_STOP } as const;

export const brandParams = z.object({ brand: idOf('brand') });
export const jobParams = z.object({ job: idOf('mintJob') });
export const tokenParams = z.object({ token: idOf('mintToken') });
export const sensitive = { level: 'sensitive' } as const;

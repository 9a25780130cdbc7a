import { z } from 'zod';

export const BRAND_ROLES = ['owner', 'admin', 'member'] as const;
export type BrandRole = (typeof BRAND_ROLES)[number];

/** `none`: active from the start; `manual`: until a member activates it; `first_scan`: until somebody scans it. */
export const ACTIVATION_MODES = ['none', 'manual', 'first_scan'] as const;
export type ActivationMode = (typeof ACTIVATION_MODES)[number];

export const JOB_STATES = ['queued', 'running', 'paused', 'completed', 'cancelled', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

export const TOKEN_STATES = ['issued', 'active', 'voided'] as const;
export type TokenState = (typeof TOKEN_STATES)[number];

/** The last digit of a GTIN makes the weighted sum, 3 and 1 by turns from the right, a multiple of ten (GS1 General Specifications 7.9). */
function hasCheckDigit(gtin: string): boolean {
  const digits = Array.from(gtin, Number).reverse();
  return digits.reduce((sum, digit, i) => sum + digit * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0;
}

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

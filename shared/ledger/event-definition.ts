import { z } from 'zod';

export const EVENT_CATEGORIES = [
  'operator',
  'key',
  'account',
  'agent',
  'limit',
  'auth',
  'payer',
  'generation',
  'treasury',
  'market',
  'provider',
  'mint',
  'service',
  'vault',
  'incident',
  'scan',
] as const;
export type EventCategory = (typeof EVENT_CATEGORIES)[number];

/** What an attacker who forged or hid this event would gain (SPEC 16 ranks incidents by it). */
export type Asset = 'control' | 'money' | 'ownership' | 'evidence';

export interface EventDefinition {
  readonly category: EventCategory;
  /** One short clause for lists, in the past tense. */
  readonly says: string;
  readonly data: z.ZodObject;
  /** Fields an export may withhold without breaking the proof. */
  readonly redactable: readonly string[];
  readonly asset: Asset;
  readonly boundary: 'client-api' | 'api-database' | 'api-provider' | 'secret-persistence';
}

/** Keeps the literal types of a table of kinds while checking its shape. */
export const defineEvents = <const T extends Readonly<Record<string, EventDefinition>>>(table: T): T => table;

export const count = z.number().int().nonnegative();

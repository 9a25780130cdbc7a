import { z } from 'zod';
import { HEALTH } from '../boundaries/health.ts';
import { idOf } from '../ids/ids.ts';
import { probeOutcome } from './boundary-probes.ts';
import { operatorName, operatorRole } from './operator-parts.ts';
import { defineRoutes, OPERATOR_ROLES } from './route.ts';

/** What one step of a console’s self-attestation found, as `shared/ipc/diagnostics.ts` words it. */
const found = z.strictObject({
  status: z.enum(['ok', 'weak', 'failed', 'unknown']),
  /** What was read, and where; never material. */
  evidence: z.string().min(1).max(300),
});

/** A console on itself. It has no time of its own: what was seen is as old as the signature, which is seconds. */
export const consoleCheck = z.strictObject({
  /** Whether it is an installed console; else it runs from its sources. */
  packaged: z.boolean(),
  keychain: found,
  fuses: found,
  sandbox: found,
  durationMs: z.number().int().nonnegative().max(600_000),
});
export type ConsoleCheck = z.infer<typeof consoleCheck>;

const health = z.enum(HEALTH);

/** The console of an operator, by its own last words. */
const consoleView = z.object({
  operatorId: idOf('operator'),
  name: operatorName,
  role: operatorRole,
  /** The worst of what it found; `stale`: it fell silent; `untried`: it never reported. */
  state: health,
  reportedAt: z.iso.datetime().nullable(),
  /** What it found last, of each probe; one that fell silent is `stale` here, whatever it had found. */
  found: z.array(probeOutcome.extend({ state: health })),
});
export type ConsoleView = z.infer<typeof consoleView>;

export const consoleCheckRoutes = defineRoutes({
  'boundaries.consoles': {
    method: 'GET',
    path: '/api/boundaries/consoles',
    summary: 'The console of each active operator: when it last reported, and what it found on itself',
    plane: 'admin',
    answers: {
      200: z.object({
        at: z.iso.datetime(),
        /** How often a console reports while its vault is open, in seconds. */
        everySeconds: z.number().int(),
        /** The worst first. */
        consoles: z.array(consoleView),
      }),
    },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'boundaries.checkConsole': {
    method: 'POST',
    path: '/api/boundaries/console',
    summary: 'A console says what it found when it attacked its own keychain, fuses and sandbox',
    plane: 'admin',
    body: consoleCheck,
    answers: { 200: z.object({ outcomes: z.array(probeOutcome), eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: OPERATOR_ROLES },
    effect: 'mutate',
    risk: {
      level: 'routine',
      reason:
        'A console sends it by itself every ten minutes; it speaks of that console alone, and only adds evidence.',
    },
    events: ['console.checked', 'console.weak'],
  },
});

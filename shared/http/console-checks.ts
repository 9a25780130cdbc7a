import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { probeOutcome } from './boundary-probes.ts';
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

export const consoleCheckRoutes = defineRoutes({
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

import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';

const roundId = idOf('probeRound');
const common = { category: 'service', asset: 'control', boundary: 'client-api', redactable: [] } as const;

const onConsole = { ...common, boundary: 'secret-persistence' } as const;
const operatorId = idOf('operator');

/** Negative probes: asked for, run, broken through, and out of order. */
export const probeEvents = defineEvents({
  'probe.requested': {
    ...common,
    says: 'Probes asked for',
    data: z.strictObject({ roundId }),
  },
  'probe.ran': {
    ...common,
    says: 'Probes ran',
    data: z.strictObject({
      roundId,
      cause: z.enum(['schedule', 'demand']),
      held: count,
      broken: count,
      unavailable: count,
      /** Which ones broke through; the details are entries of their own. */
      brokenProbes: z.array(z.string()),
    }),
  },
  'probe.failed': {
    ...common,
    says: 'A probe broke through a control',
    data: z.strictObject({
      roundId,
      probe: z.string(),
      control: z.string(),
      tiles: z.array(z.string()),
      evidence: z.string(),
    }),
  },
  'console.checked': {
    ...onConsole,
    says: 'A console attacked itself',
    data: z.strictObject({
      operatorId,
      /** An installed console; else one that runs from its sources. */
      packaged: z.boolean(),
      held: count,
      broken: count,
      unavailable: count,
      brokenProbes: z.array(z.string()),
    }),
  },
  'console.weak': {
    ...onConsole,
    says: 'A console does not hold',
    data: z.strictObject({
      operatorId,
      probe: z.string(),
      control: z.string(),
      tiles: z.array(z.string()),
      evidence: z.string(),
    }),
  },
  'probe.off_schedule': {
    ...common,
    says: 'Probes out of schedule',
    data: z.strictObject({
      roundId,
      /** Begun or reported though nobody scheduled it, or it ended already; or scheduled and never run. */
      what: z.enum(['unscheduled-begin', 'unscheduled-report', 'missing']),
    }),
  },
});

import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { defineRoutes } from './route.ts';

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A time zone by its IANA name, for times beside UTC. */
const zone = z.string().max(64).refine(isZone, 'expected the name of a time zone, such as Europe/Berlin');

const download = {
  method: 'GET',
  plane: 'admin',
  answers: {},
  policy: { bearer: 'admin', signed: 'no' },
  effect: 'read',
  events: [],
  stream: true,
  download: true,
} as const;

const params = z.object({ id: idOf('incident') });

/** Files for people outside of the console: they say what the log says, and what they rest on. */
export const reportRoutes = defineRoutes({
  'reports.incident': {
    ...download,
    path: '/api/incidents/:id/report',
    summary:
      'The post-incident report: what happened, what was done by whom, what is open, and how to verify it',
    params,
    query: z.object({ format: z.enum(['markdown', 'pdf']).default('markdown'), zone: zone.default('UTC') }),
  },
  'reports.incidentEvidence': {
    ...download,
    path: '/api/incidents/:id/evidence',
    summary: 'The entries of an incident’s timeline as a bundle that proves them',
    params,
  },
  'reports.asvs': {
    ...download,
    path: '/api/boundaries/asvs',
    summary: 'What the probes found last, by requirement of OWASP ASVS',
    query: z.object({ format: z.enum(['csv', 'markdown']).default('markdown') }),
  },
});

import { defineRoutes } from './route.ts';

/** Figures for a monitoring system. */
export const metricsRoutes = defineRoutes({
  'metrics.read': {
    method: 'GET',
    path: '/metrics',
    summary: 'Figures of this instance and of the log, as OpenMetrics or as the text format of Prometheus',
    plane: 'admin',
    answers: {},
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
    stream: true,
    download: true,
  },
});

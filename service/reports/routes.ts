import { asvsHandlers } from './asvs/routes.ts';
import { type IncidentReportDeps, incidentReportHandlers } from './incident/routes.ts';

export const reportHandlers = (deps: IncidentReportDeps) => ({
  ...incidentReportHandlers(deps),
  ...asvsHandlers(deps.db),
});

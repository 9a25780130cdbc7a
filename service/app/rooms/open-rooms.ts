import { openAutonomy } from './autonomy.ts';
import { openIncidents } from './incidents.ts';
import { openMarket } from './market.ts';
import { openMinting } from './minting.ts';
import { openProbes } from './probes.ts';
import type { RoomParts } from './room.ts';
import { openScans } from './scans.ts';
import { announced, openWebhook } from './webhook.ts';

/** Every room that is opened in the same way. */
export function openRooms(parts: RoomParts) {
  const autonomy = openAutonomy(parts);
  const market = openMarket(parts);
  const told = announced(parts);
  const incidents = openIncidents(told);
  const webhook = openWebhook(told);
  const minting = openMinting(parts);
  const scans = openScans(parts);
  const probes = openProbes(parts);
  return {
    /** Keys that open nothing, for the gate to know when somebody tries one. */
    canaries: incidents.canaries,
    webhookCalls: webhook.calls,
    handlers: {
      ...autonomy.handlers,
      ...market.handlers,
      ...incidents.handlers,
      ...webhook.handlers,
      ...minting.handlers,
      ...scans.handlers,
      ...probes.handlers,
    },
    jobs: [
      ...autonomy.jobs,
      ...market.jobs,
      ...incidents.jobs,
      ...webhook.jobs,
      ...minting.jobs,
      ...scans.jobs,
      ...probes.jobs,
    ],
  };
}

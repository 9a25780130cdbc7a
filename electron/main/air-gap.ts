import { spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import { Server, Socket } from 'node:net';
import { app } from 'electron';
import type { AirGapState } from '../../shared/ipc/custody.ts';
import { askingArguments, isAirGapAsked, wayIntoAirGap } from '../guards/air-gap.ts';
import { closeDoors } from '../guards/doors.ts';
import { isEmpty, type Network, probeNetwork } from '../guards/network-probe.ts';

/** Longer than a system needs to make two namespaces, shorter than a person waits. */
const TRIAL_MS = 5_000;

/** @returns whether this process leaves, and the console starts again without a network */
export function leaveForAirGap(): boolean {
  const way = wayIntoAirGap(process.argv, {
    platform: process.platform,
    execPath: process.execPath,
    run: (program, args) => spawnSync(program, args, { stdio: 'ignore', timeout: TRIAL_MS }).status,
  });
  if (!way) return false;
  // Nothing of the console stays outside: the new one is started when this one has ended.
  app.relaunch(way);
  app.exit(0);
  return true;
}

export interface SettledAirGap {
  readonly state: AirGapState;
  /** What the probe saw from inside, for the log; null when it was not asked or failed, which has proven nothing. */
  readonly network: Network | null;
}

/** What the air gap is, once it was asked for: proven by a probe, or the doors of this process alone. */
export async function settleAirGap(): Promise<SettledAirGap> {
  if (!isAirGapAsked(process.argv)) return { state: 'off', network: null };
  const network = process.platform === 'linux' ? await probeNetwork().catch(() => null) : null;
  closeDoors({ Socket, Server, Datagram: dgram.Socket });
  return { state: network && isEmpty(network) ? 'enforced' : 'requested', network };
}

/** Why nothing may leave this machine; null when it may. */
export const closedBy = (state: AirGapState): string | null =>
  state === 'off' ? null : 'The air gap is on: this console reaches no network.';

/** The screen asks for it: the console closes, and starts again asking for the air gap. */
export function restartIntoAirGap(): void {
  app.relaunch({ args: askingArguments(process.argv) });
  app.quit();
}

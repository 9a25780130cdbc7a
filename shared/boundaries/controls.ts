import { clientControls } from './client-controls.ts';
import { consoleControls } from './console-controls.ts';
import type { Control } from './control.ts';
import { innerControls } from './inner-controls.ts';

/** What the probe process can reach from outside. */
const OF_SERVICE = { ...clientControls, ...innerControls } as const;
/** Every control of the threat model. Probes, health, screens and evidence read this table. */
const TABLE = { ...OF_SERVICE, ...consoleControls } as const;

export type ControlId = keyof typeof TABLE;
type ProbesOf<C> = C extends { readonly probes: infer P } ? keyof P : never;
type ProbesIn<T> = { [C in keyof T]: ProbesOf<T[C]> }[keyof T];
export type ProbeId = ProbesIn<typeof TABLE>;
/** Run by the probe process, in rounds. */
export type RoundProbeId = ProbesIn<typeof OF_SERVICE>;
/** Run by each console on itself, and reported by its operator’s signature. */
export type ConsoleProbeId = ProbesIn<typeof consoleControls>;

export const CONTROLS: Readonly<Record<ControlId, Control>> = TABLE;
export const CONTROL_IDS = Object.keys(TABLE) as ControlId[];
export const probesOf = (control: ControlId): ProbeId[] => Object.keys(CONTROLS[control].probes) as ProbeId[];
export const PROBE_IDS: readonly ProbeId[] = CONTROL_IDS.flatMap(probesOf);

const probesIn = (table: Readonly<Record<string, Control>>) =>
  Object.values(table).flatMap(({ probes }) => Object.keys(probes));
export const ROUND_PROBE_IDS = probesIn(OF_SERVICE) as readonly RoundProbeId[];
export const CONSOLE_PROBE_IDS = probesIn(consoleControls) as readonly ConsoleProbeId[];
/** Whether consoles run it on themselves; else it belongs to a round. */
export const isConsoleProbe = (probe: string): probe is ConsoleProbeId =>
  (CONSOLE_PROBE_IDS as readonly string[]).includes(probe);

const CONTROL_OF = new Map(CONTROL_IDS.flatMap((id) => probesOf(id).map((probe) => [probe, id] as const)));

/** The control that a probe attacks. */
export function controlOf(probe: ProbeId): ControlId {
  const control = CONTROL_OF.get(probe);
  if (!control) throw new RangeError(`no control is attacked by ${probe}`);
  return control;
}

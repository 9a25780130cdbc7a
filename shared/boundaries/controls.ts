import { clientControls } from './client-controls.ts';
import type { Control } from './control.ts';
import { innerControls } from './inner-controls.ts';

/** Every control of the threat model. Probes, health, screens and evidence read this table. */
const TABLE = { ...clientControls, ...innerControls } as const;

export type ControlId = keyof typeof TABLE;
type ProbesOf<C> = C extends { readonly probes: infer P } ? keyof P : never;
export type ProbeId = { [C in ControlId]: ProbesOf<(typeof TABLE)[C]> }[ControlId];

export const CONTROLS: Readonly<Record<ControlId, Control>> = TABLE;
export const CONTROL_IDS = Object.keys(TABLE) as ControlId[];
export const probesOf = (control: ControlId): ProbeId[] => Object.keys(CONTROLS[control].probes) as ProbeId[];
export const PROBE_IDS: readonly ProbeId[] = CONTROL_IDS.flatMap(probesOf);

const CONTROL_OF = new Map(CONTROL_IDS.flatMap((id) => probesOf(id).map((probe) => [probe, id] as const)));

/** The control that a probe attacks. */
export function controlOf(probe: ProbeId): ControlId {
  const control = CONTROL_OF.get(probe);
  if (!control) throw new RangeError(`no control is attacked by ${probe}`);
  return control;
}

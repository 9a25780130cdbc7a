import { PROCESS_NAMES, type ProcessName } from '../../shared/service/launch.ts';
import type { ProcessStatus } from '../../shared/service/process-runner.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';

type Notice = (level: 'info' | 'warning' | 'error', text: string) => void;

const WORDS: Readonly<Record<ProcessName, string>> = {
  database: 'The database',
  integrator: 'The ledger’s integrator',
  api: 'The service’s API',
  worker: 'The mint worker',
  resolver: 'The scan plane',
  probes: 'The probes',
};

/** Says once that a process ended and once that it is back, however often it tries in between. */
function watchOne(name: ProcessName, notice: Notice): (status: ProcessStatus) => void {
  let said: 'running' | 'ended' | 'failed' = 'running';
  return ({ state, failure }) => {
    const why = failure ? ` ${failure.message}` : '';
    if (state === 'restarting' && said === 'running') {
      notice('warning', `${WORDS[name]} ended unexpectedly and is being started again.`);
      said = 'ended';
    } else if (state === 'failed' && said !== 'failed') {
      notice('error', `${WORDS[name]} cannot run.${why}`);
      said = 'failed';
    } else if (state === 'running' && said !== 'running') {
      notice('info', `${WORDS[name]} is back. Nothing was lost.`);
      said = 'running';
    }
  };
}

/** Turns the supervisor's snapshots into the few sentences that a person should read. */
export function watchProcesses(notice: Notice): (status: ServiceStatus) => void {
  const watchers = new Map(PROCESS_NAMES.map((name) => [name, watchOne(name, notice)]));
  return ({ processes }) => {
    for (const process of processes) watchers.get(process.name)?.(process);
  };
}

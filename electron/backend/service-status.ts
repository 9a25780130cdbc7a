import type { ProcessName } from '../../shared/service/launch.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';

export type ProcessStatus = ServiceStatus['processes'][number];

const WORDS: Readonly<Record<ProcessName, string>> = {
  database: 'The database',
  integrator: 'The ledger’s integrator',
  api: 'The service’s API',
};

/** One state for the whole: as good as its worst process, where a process that waits for a person is the worst. */
function stateOf(processes: readonly ProcessStatus[]): ServiceStatus['state'] {
  const some = (test: (process: ProcessStatus) => boolean) => processes.some(test);
  if (processes.every(({ state }) => state === 'running')) return 'running';
  if (some(({ state }) => state === 'failed')) return 'down';
  const waits = some(({ state, failure }) => state === 'stopped' && failure !== null);
  if (processes.every(({ state }) => state === 'stopped')) return waits ? 'down' : 'stopped';
  return waits || some(({ state }) => state === 'restarting') ? 'degraded' : 'starting';
}

export const summarise = (processes: readonly ProcessStatus[], api: string | null): ServiceStatus => ({
  state: stateOf(processes),
  processes: [...processes],
  api,
});

/** Says once that a process ended and once that it is back, however often it tries in between. */
export function watching(
  name: ProcessName,
  notice: (level: 'info' | 'warning' | 'error', text: string) => void,
): (status: ProcessStatus) => void {
  let said: 'running' | 'ended' | 'failed' = 'running';
  return ({ state, failure }) => {
    const why = failure ? ` ${failure.message}` : '';
    if (state === 'restarting' && said === 'running') {
      notice('warning', `${WORDS[name]} ended unexpectedly and is being started again.${why}`);
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

import type { Health } from '../../../shared/boundaries/health.ts';
import type { BoundariesState } from '../../../shared/http/boundaries.ts';
import type { VaultStatus } from '../../../shared/ipc/vault.ts';
import type { PROCESS_STATES, ServiceStatus } from '../../../shared/service/status.ts';
import type { LiveState } from '../../stores/live.ts';
import type { Tone } from '../../ui/state.tsx';

type BoundaryState = BoundariesState['boundaries'][number]['state'];

export const BOUNDARY_TONE: Record<BoundaryState, Tone> = {
  healthy: 'ok',
  attention: 'warn',
  failing: 'bad',
  idle: 'idle',
  absent: 'absent',
};

export const BOUNDARY_WORD: Record<BoundaryState, string> = {
  healthy: 'healthy',
  attention: 'attention',
  failing: 'failing',
  idle: 'idle',
  absent: 'no path yet',
};

export const SERVICE_TONE: Record<ServiceStatus['state'], Tone> = {
  running: 'ok',
  starting: 'busy',
  degraded: 'warn',
  down: 'bad',
  stopped: 'idle',
};

export const PROCESS_TONE: Record<(typeof PROCESS_STATES)[number], Tone> = {
  running: 'ok',
  starting: 'busy',
  restarting: 'warn',
  failed: 'bad',
  stopped: 'idle',
};

export const VAULT_TONE: Record<VaultStatus['state'], Tone> = {
  unlocked: 'ok',
  locked: 'idle',
  absent: 'absent',
  damaged: 'bad',
};

export const STREAM_TONE: Record<LiveState['stream']['state'], Tone> = {
  live: 'ok',
  connecting: 'busy',
  waiting: 'warn',
};

export const KEYCHAIN: Record<VaultStatus['keychain'], { tone: Tone; word: string }> = {
  system: { tone: 'ok', word: 'system keychain' },
  missing: { tone: 'warn', word: 'missing' },
};

export const HEALTH_TONE: Record<Health, Tone> = {
  held: 'ok',
  broken: 'bad',
  stale: 'idle',
  untried: 'idle',
  unavailable: 'absent',
};

export const HEALTH_WORD: Record<Health, string> = {
  held: 'held',
  broken: 'broken',
  stale: 'stale',
  untried: 'not yet probed',
  unavailable: 'not available',
};

import type { Health } from '../../../shared/boundaries/health.ts';
import type { TileId } from '../../../shared/boundaries/tiles.ts';
import type { ProbeRound } from '../../../shared/http/boundary-probes.ts';
import type { Tone } from '../../ui/state.tsx';

export const TILE_WORD: Record<TileId, string> = {
  'client-api': 'Client to API',
  'api-database': 'API to database',
  'api-provider': 'API to provider',
  'secret-persistence': 'Secrets at rest',
  control: 'Control',
  money: 'Money',
  ownership: 'Ownership',
};

export const ROUND_TONE: Record<ProbeRound['state'], Tone> = {
  waiting: 'idle',
  running: 'busy',
  finished: 'ok',
  missed: 'warn',
};

/** Of a console, which tries its controls on itself. */
export const CONSOLE_WORD: Record<Health, string> = {
  held: 'held',
  broken: 'weak',
  stale: 'silent',
  untried: 'never reported',
  unavailable: 'cannot be tried',
};

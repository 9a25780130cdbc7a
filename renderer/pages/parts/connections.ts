import type { ConnectionState, ServiceKind } from '../../../shared/ipc/services.ts';
import type { Tone } from '../../ui/state.tsx';

export const CONNECTION_TONE: Record<ConnectionState, Tone> = {
  ready: 'ok',
  connecting: 'busy',
  connected: 'ok',
  offline: 'warn',
  refused: 'bad',
  'pin-changed': 'bad',
  missing: 'absent',
  locked: 'idle',
};

export const CONNECTION_WORD: Record<ConnectionState, string> = {
  ready: 'in use',
  connecting: 'connecting',
  connected: 'connected',
  offline: 'offline',
  refused: 'refused',
  'pin-changed': 'another certificate',
  missing: 'not in the vault',
  locked: 'locked',
};

const KIND: Record<ServiceKind, string> = {
  bundled: 'Bundled service',
  remote: 'Remote',
  simulated: 'Simulated',
};

export const kindWord = (kind: ServiceKind): string => KIND[kind];

import { useEffect, useReducer } from 'react';
import type { CardRequest, FromKeeper } from '../../shared/ipc/trusted.ts';
import type { TrustedBridge } from './bridge.ts';

type Said<T extends FromKeeper['type']> = Extract<FromKeeper, { type: T }>;

/** All that the keeper has said to this window, as the screens need it. */
export interface Conversation {
  readonly status: Said<'status'>['status'] | null;
  readonly previous: Said<'status'>['previous'];
  /** What is being waited for, while the keeper works. */
  readonly working: string | null;
  readonly error: Said<'error'> | null;
  readonly recoveryCode: string | null;
  readonly unlocked: boolean;
  readonly card: CardRequest | null;
  readonly reveal: Said<'reveal'> | null;
}

export const SILENCE: Conversation = {
  status: null,
  previous: null,
  working: null,
  error: null,
  recoveryCode: null,
  unlocked: false,
  card: null,
  reveal: null,
};

/** An answer ends the wait for it; a new attempt, or a new look at the keychain, clears what the last one was told. */
export function hear(state: Conversation, message: FromKeeper): Conversation {
  switch (message.type) {
    case 'status':
      return {
        ...state,
        status: message.status,
        previous: message.previous,
        error: state.error?.code === 'keychain-missing' ? null : state.error,
      };
    case 'working':
      return { ...state, working: message.what, error: null };
    case 'error':
      return { ...state, working: null, error: message };
    case 'recovery-code':
      return { ...state, working: null, error: null, recoveryCode: message.code };
    case 'unlocked':
      return { ...SILENCE, status: state.status, unlocked: true };
    case 'card':
      return { ...state, card: message.request };
    case 'reveal':
      return { ...state, reveal: message };
  }
}

/** Greets the keeper once and listens from then on. */
export function useConversation(bridge: TrustedBridge): Conversation {
  const [state, dispatch] = useReducer(hear, SILENCE);
  useEffect(() => {
    bridge.onMessage(dispatch);
    bridge.send({ type: 'hello' });
  }, [bridge]);
  return state;
}

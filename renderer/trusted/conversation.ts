import { useEffect, useReducer } from 'react';
import type { CardRequest, FromKeeper } from '../../shared/ipc/trusted.ts';
import type { TrustedBridge } from './bridge.ts';

type Said<T extends FromKeeper['type']> = Extract<FromKeeper, { type: T }>;

/** All that the keeper has said to this window, as the screens need it. */
export interface Conversation {
  readonly status: Said<'status'>['status'] | null;
  readonly previous: Said<'status'>['previous'];
  /** Of a console for sample data only. */
  readonly isPractice: boolean;
  /** What is being waited for, while the keeper works. */
  readonly working: string | null;
  readonly error: Said<'error'> | null;
  readonly recoveryCode: string | null;
  readonly unlocked: boolean;
  readonly card: CardRequest | null;
  readonly reveal: Said<'reveal'> | null;
  /** How strong the new passphrase is that is being typed. */
  readonly strength: Said<'strength'> | null;
  /** The act that this window was opened for. */
  readonly task: Said<'task'> | null;
  /** The step of a rotation that this window was opened for. */
  readonly ceremony: Said<'ceremony'> | null;
  readonly itemValue: string | null;
  readonly sharesMade: Said<'shares-made'> | null;
  /** The one share that is on the screen. */
  readonly share: Said<'share'> | null;
  /** The share that was entered last and belongs to this vault. */
  readonly shareRead: Said<'share-read'> | null;
  readonly done: string | null;
  /** What the act has made, as a QR code. */
  readonly doneQr: readonly string[] | null;
}

export const SILENCE: Conversation = {
  status: null,
  previous: null,
  isPractice: false,
  working: null,
  error: null,
  recoveryCode: null,
  unlocked: false,
  card: null,
  reveal: null,
  strength: null,
  task: null,
  ceremony: null,
  itemValue: null,
  sharesMade: null,
  share: null,
  shareRead: null,
  done: null,
  doneQr: null,
};

/** An answer ends the wait for it; a new attempt, or a new look at the keychain, clears what the last one was told. */
export function hear(state: Conversation, message: FromKeeper): Conversation {
  switch (message.type) {
    case 'status':
      return {
        ...state,
        status: message.status,
        previous: message.previous,
        isPractice: message.isPractice,
        error: state.error?.code === 'keychain-missing' ? null : state.error,
      };
    case 'working':
      return { ...state, working: message.what, error: null };
    case 'error':
      return { ...state, working: null, error: message };
    case 'recovery-code':
      return { ...state, working: null, error: null, recoveryCode: message.code };
    case 'unlocked':
      return { ...SILENCE, status: state.status, isPractice: state.isPractice, unlocked: true };
    case 'card':
      return { ...state, card: message.request };
    case 'reveal':
      return { ...state, reveal: message };
    case 'strength':
      return { ...state, strength: message };
    default:
      return hearOfTask(state, message);
  }
}

type OfTask = Exclude<
  FromKeeper,
  { type: 'status' | 'working' | 'error' | 'recovery-code' | 'unlocked' | 'card' | 'reveal' | 'strength' }
>;

function hearOfTask(state: Conversation, message: OfTask): Conversation {
  const answered = { ...state, working: null, error: null };
  switch (message.type) {
    case 'task':
      return { ...answered, task: message };
    case 'ceremony':
      return { ...answered, ceremony: message };
    case 'item-value':
      return { ...answered, itemValue: message.value };
    case 'shares-made':
      return { ...answered, sharesMade: message };
    case 'share':
      return { ...answered, share: message };
    case 'share-read':
      return { ...answered, shareRead: message };
    case 'task-done':
      // Nothing that was secret outlives the act.
      return { ...SILENCE, task: state.task, done: message.message, doneQr: message.qr ?? null };
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

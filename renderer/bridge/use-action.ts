import { useCallback, useRef, useState } from 'react';
import { BridgeError } from './error.ts';

export type Action<T> =
  | { readonly state: 'idle' }
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly value: T }
  | { readonly state: 'failed'; readonly error: BridgeError };

/** One deliberate act at a time, with its outcome. What is running cannot be started again. */
export function useAction<A extends unknown[], T>(act: (...args: A) => Promise<T>) {
  const [action, setAction] = useState<Action<T>>({ state: 'idle' });
  const running = useRef(false);

  /** @returns whether it was done; why it was not stands in `action` */
  const run = async (...args: A): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setAction({ state: 'running' });
    try {
      setAction({ state: 'done', value: await act(...args) });
      return true;
    } catch (cause) {
      const error =
        cause instanceof BridgeError
          ? cause
          : new BridgeError('internal', 'The screen failed here.', { cause });
      setAction({ state: 'failed', error });
      return false;
    } finally {
      running.current = false;
    }
  };
  const reset = useCallback(() => setAction({ state: 'idle' }), []);
  return { action, run, reset };
}

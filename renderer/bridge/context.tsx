import { createContext, useContext } from 'react';
import type { Bridge } from './bridge.ts';
import type { Drafts } from './drafts.ts';
import type { Remote, Returned, Visibility } from './poller.ts';

/** Questions whose last answer is kept, so that coming back to a page shows it at once with its age. */
const REMEMBERED = 50;

export type Remembered = Pick<Remote<unknown>, 'data' | 'at'>;

export class Memory {
  readonly #answers = new Map<string, Remembered>();

  get(key: string): Remembered | undefined {
    return this.#answers.get(key);
  }

  set(key: string, data: unknown, at: number): void {
    this.#answers.delete(key);
    this.#answers.set(key, { data, at });
    const oldest = this.#answers.keys().next();
    if (this.#answers.size > REMEMBERED && !oldest.done) this.#answers.delete(oldest.value);
  }
}

export interface BridgeScope {
  readonly bridge: Bridge;
  readonly memory: Memory;
  readonly drafts: Drafts;
  readonly visibility: Visibility;
  readonly returned?: Returned;
}

const BridgeContext = createContext<BridgeScope | null>(null);
export const BridgeProvider = BridgeContext.Provider;

export function useBridgeScope(): BridgeScope {
  const scope = useContext(BridgeContext);
  if (!scope) throw new Error('a page is drawn outside BridgeProvider');
  return scope;
}

export const useBridge = (): Bridge => useBridgeScope().bridge;

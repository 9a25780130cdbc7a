import { parsePattern, serialAt } from '../serials.ts';
import type { StoredToken } from './states.store.ts';

/** What the tokens of a job have in common. */
export interface Order {
  readonly brandId: string;
  readonly quantity: number;
  readonly activation: string;
  readonly serialPattern: string;
  readonly firstNumber: number;
}

/** An order that can say which serial belongs to a position; none where its pattern is none of ours. */
export interface TokenOrder extends Pick<Order, 'brandId' | 'quantity' | 'activation'> {
  serial(position: number): string | null;
}

export interface TokenState {
  readonly brandId: string;
  readonly serial: string | null;
  readonly activation: string;
  readonly state: string;
  readonly activated: boolean;
  readonly replacedBy: string | null;
}

function serialsOf(serialPattern: string, firstNumber: number): TokenOrder['serial'] {
  try {
    const pattern = parsePattern(serialPattern);
    return (position) => serialAt(pattern, firstNumber + position - 1);
  } catch {
    return () => null;
  }
}

export const tokenOrder = ({ serialPattern, firstNumber, ...order }: Order): TokenOrder => ({
  ...order,
  serial: serialsOf(serialPattern, firstNumber),
});

/** A token as it is made, before anything happens to it. */
export function madeState(
  { brandId, activation }: Pick<TokenOrder, 'brandId' | 'activation'>,
  serial: string | null,
): TokenState {
  const activated = activation === 'none';
  return { brandId, serial, activation, state: activated ? 'active' : 'issued', activated, replacedBy: null };
}

export const storedState = (row: StoredToken): TokenState => ({
  ...{ brandId: row.brand_id, serial: row.serial, activation: row.activation, state: row.state },
  ...{ activated: row.activated, replacedBy: row.replaced_by },
});

export const differing = (is: TokenState, should: TokenState): string[] =>
  (Object.keys(should) as (keyof TokenState)[]).filter((field) => is[field] !== should[field]);

import type { ActivationMode, Product, TokenState } from '../../shared/http/minting.ts';
import type { Visitor } from './scan/visitor.ts';

/** What a scan may know of a token. */
export interface FoundToken {
  readonly id: string;
  readonly brandId: string;
  readonly brand: string;
  readonly serial: string;
  readonly activation: ActivationMode;
  readonly state: TokenState;
  readonly activatedAt: Date | null;
  readonly product: Product;
}

/** Whether a scan counts: a person looked, and at a token that is one. */
export const isScan = (
  visitor: Visitor,
  token: Pick<FoundToken, 'state'>,
): visitor is Extract<Visitor, { type: 'person' }> => visitor.type === 'person' && token.state !== 'voided';

/** Whether this scan would be the one that activates it. The database decides which of many is. */
export const mayActivate = ({ state, activation }: Pick<FoundToken, 'state' | 'activation'>): boolean =>
  state === 'issued' && activation === 'first_scan';

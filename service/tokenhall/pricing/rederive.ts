import type { EventData } from '../../../shared/ledger/events.ts';
import { derive } from '../../ledger/derive.ts';
import { toModelPrice } from './rules.ts';
import { allPrices } from './store.ts';

type PriceState = Omit<EventData<'price.set'>, 'priceId'> & { readonly setBy: string };

/** Prices of models: one that is changed by a row alone gives tokens away. */
export const priceStates = derive<PriceState>({
  domain: 'model prices',
  tables: ['model_prices'],
  stored: async (tx) =>
    (await allPrices(tx)).map((row) => {
      const { model, input, output, mediaTokens, effectiveFrom } = toModelPrice(row);
      return [row.id, { model, input, output, mediaTokens, effectiveFrom, setBy: row.created_by }];
    }),
  steps: {
    'price.set': (told, { priceId, ...price }, { actor: setBy }) => told.is(priceId, { ...price, setBy }),
  },
});

import { makeId } from '../../../shared/ids/ids.ts';
import { parseUnits } from '../../../shared/money/units.ts';
import type { Database } from '../../db/database.ts';
import { isRefusedBy } from '../../db/database-error.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../../identity/mutation.ts';
import { targetOf } from '../routing/rules.ts';
import { toModelPrice } from './rules.ts';
import { allPrices, currentPrices, insertPrice } from './store.ts';

export interface PriceHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
}

type PriceHandlers = Pick<Handlers, 'prices.list' | 'prices.set' | 'tokenhall.models'>;

const setPrice =
  ({ mutate, random }: PriceHandlerDeps): PriceHandlers['prices.set'] =>
  ({ body }, ctx) =>
    mutate('prices.set', ctx, async (tx, stage): Promise<Done<'prices.set'>> => {
      const now = ctx.now();
      if (!targetOf(body.model))
        throw new HttpError('model_unknown', 'no provider serves a model of this name');
      const effectiveFrom = body.effectiveFrom === undefined ? now : new Date(body.effectiveFrom);
      if (effectiveFrom < now)
        throw new HttpError('bad_request', 'a price begins now or later: what was charged stays as it was');
      const id = makeId('price', random(10), now.getTime());
      const row = await insertPrice(tx, {
        ...{ id, model: body.model, effectiveFrom, mediaTokens: body.mediaTokens },
        ...{ input: parseUnits(body.input), output: parseUnits(body.output) },
        ...{ createdAt: now, createdBy: actorOf(ctx).id },
      }).catch((error: unknown) => {
        if (!isRefusedBy(error, 'model_prices_once_a_moment')) throw error;
        throw new HttpError('conflict', 'this model has a price from that moment on already');
      });
      const price = toModelPrice(row);
      const { model, input, output, mediaTokens } = price;
      const data = { priceId: id, model, input, output, mediaTokens, effectiveFrom: price.effectiveFrom };
      return {
        subject: id,
        answer: { status: 201, body: { price, eventId: await stage('price.set', data) } },
      };
    });

export const priceHandlers = (deps: PriceHandlerDeps): PriceHandlers => ({
  'prices.set': setPrice(deps),
  'prices.list': async () => ({
    status: 200,
    body: { prices: (await allPrices(deps.db.kysely)).map(toModelPrice) },
  }),
  'tokenhall.models': async (_input, ctx) => {
    const rows = await currentPrices(deps.db.kysely, ctx.now());
    const data = rows.map((row) => {
      const { model, input, output, mediaTokens } = toModelPrice(row);
      return {
        id: model,
        object: 'model' as const,
        created: Math.floor(row.effective_from.getTime() / 1000),
        owned_by: targetOf(model)?.provider ?? 'nobody',
        pricing: { input, output, mediaTokens },
      };
    });
    return { status: 200, body: { object: 'list', data } };
  },
});

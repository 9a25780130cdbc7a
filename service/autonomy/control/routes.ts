import type { AutonomyStatus, PayerBreaker } from '../../../shared/http/autonomy.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Done, type Mutate } from '../../identity/mutation.ts';
import type { Payer } from '../parts.ts';
import { dayOf } from '../payments/intend.ts';
import { toPayment } from '../payments/rules.ts';
import { listPayments, spentSince } from '../payments/store.ts';
import { networkOf } from '../x402/policy.ts';
import type { Balances } from './balances.ts';
import {
  type Control,
  lockControl,
  type NamedBreaker,
  readBreakers,
  readControl,
  writeControl,
} from './store.ts';

export interface ControlHandlerDeps {
  readonly payer: Payer;
  readonly balances: Balances;
  readonly mutate: Mutate;
}

type ControlHandlers = Pick<Handlers, `autonomy.${'status' | 'pause' | 'resume' | 'payments'}`>;

const pausedOf = ({ paused, cause, reason, changed_at, changed_by }: Control): AutonomyStatus['paused'] =>
  paused
    ? {
        ...{ cause: cause ?? '', reason: reason ?? '', by: changed_by ?? '' },
        at: changed_at?.toISOString() ?? '',
      }
    : null;

const toView = ({ target, state, failures, since, retryAt }: NamedBreaker): PayerBreaker => ({
  ...{ target, state, failures, since: since.toISOString(), retryAt: retryAt?.toISOString() ?? null },
});

const status =
  ({ payer, balances }: ControlHandlerDeps): ControlHandlers['autonomy.status'] =>
  async () => {
    const { settings, signer, rpc } = payer;
    const db = payer.db.kysely;
    const since = dayOf(payer.now());
    const assets = settings.assets.map(async (asset) => ({
      ...asset,
      spentToday: String(await spentSince(db, asset.mint, since)),
      balance: balances.of(asset.mint),
    }));
    return {
      status: 200,
      body: {
        paused: pausedOf(await readControl(db)),
        payer: signer?.address ?? null,
        rpc: rpc ? 'configured' : 'absent',
        network: networkOf(settings.genesisHash),
        hosts: settings.hosts,
        recipients: settings.recipients,
        assets: await Promise.all(assets),
        breakers: (await readBreakers(db)).map(toView),
      },
    };
  };

const pause =
  ({ mutate }: ControlHandlerDeps): ControlHandlers['autonomy.pause'] =>
  ({ body: { reason } }, ctx) =>
    mutate('autonomy.pause', ctx, async (tx, stage): Promise<Done<'autonomy.pause'>> => {
      if ((await lockControl(tx)).paused) throw new HttpError('conflict', 'the payer is paused already');
      const cause = 'operator';
      await writeControl(tx, { pause: { cause, reason }, at: ctx.now(), by: actorOf(ctx).id });
      const eventId = await stage('payer.paused', { cause, reason });
      return { subject: 'payer', answer: { status: 200, body: { paused: true, eventId } } };
    });

const resume =
  ({ mutate }: ControlHandlerDeps): ControlHandlers['autonomy.resume'] =>
  ({ body: { reason } }, ctx) =>
    mutate('autonomy.resume', ctx, async (tx, stage): Promise<Done<'autonomy.resume'>> => {
      if (!(await lockControl(tx)).paused) throw new HttpError('conflict', 'the payer is not paused');
      await writeControl(tx, { pause: null, at: ctx.now(), by: actorOf(ctx).id });
      const eventId = await stage('payer.resumed', { reason });
      return { subject: 'payer', answer: { status: 200, body: { paused: false, eventId } } };
    });

const payments =
  ({ payer: { db } }: ControlHandlerDeps): ControlHandlers['autonomy.payments'] =>
  async ({ query: { limit, cursor } }) => {
    const rows = await listPayments(db.kysely, limit + 1, cursor);
    const shown = rows.slice(0, limit).map(toPayment);
    const nextCursor = rows.length > limit ? (shown.at(-1)?.id ?? null) : null;
    return { status: 200, body: { payments: shown, nextCursor } };
  };

export const controlHandlers = (deps: ControlHandlerDeps): ControlHandlers => ({
  'autonomy.status': status(deps),
  'autonomy.pause': pause(deps),
  'autonomy.resume': resume(deps),
  'autonomy.payments': payments(deps),
});

import { Balances } from '../../autonomy/control/balances.ts';
import { controlHandlers } from '../../autonomy/control/routes.ts';
import { facilitatorHandlers } from '../../autonomy/facilitator.ts';
import { openWayOut } from '../../autonomy/outbound.ts';
import type { Payer } from '../../autonomy/parts.ts';
import { openPayerSigner, PayerKeyError, type PayerSigner } from '../../autonomy/payer-key.ts';
import { reconcileAll } from '../../autonomy/payments/reconcile.ts';
import { queueHandlers } from '../../autonomy/queue/routes.ts';
import { runDue } from '../../autonomy/runner/run.ts';
import { endSessions } from '../../autonomy/sessions/ending.ts';
import { payerSessionHandlers } from '../../autonomy/sessions/routes.ts';
import { SolanaRpc } from '../../autonomy/solana/rpc.ts';
import { createMutate } from '../../identity/mutation.ts';
import { ApiStartError } from '../../process/start-error.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof payerSessionHandlers> &
  ReturnType<typeof facilitatorHandlers> &
  ReturnType<typeof queueHandlers> &
  ReturnType<typeof controlHandlers>;

/** @throws ApiStartError `settings-invalid`: with the key of another the sessions would mean nothing */
function signerOf({ settings, keys }: RoomParts): PayerSigner | null {
  if (keys.payerSeed === undefined) return null;
  try {
    return openPayerSigner(keys.payerSeed, settings.payerKey);
  } catch (cause) {
    if (!(cause instanceof PayerKeyError)) throw cause;
    throw new ApiStartError('settings-invalid', `${cause.message}.`, { cause });
  }
}

/** @throws ApiStartError `settings-invalid` */
function requireSafeRpc({ settings: { autonomy, environment } }: RoomParts): string | null {
  const { rpcUrl } = autonomy;
  if (rpcUrl === null || rpcUrl.startsWith('https://')) return rpcUrl;
  if (environment === 'development' && rpcUrl.startsWith('http://')) return rpcUrl;
  throw new ApiStartError('settings-invalid', 'SOLANA_RPC_URL must be https; over http anybody answers.');
}

function payerOf(parts: RoomParts): Payer {
  const { settings, db, staging, random, now } = parts;
  const rpcUrl = requireSafeRpc(parts);
  const send = openWayOut(settings.autonomy);
  return {
    ...{ db, staging, random, now, send, settings: settings.autonomy, signer: signerOf(parts) },
    rpc: rpcUrl === null ? null : new SolanaRpc(send, rpcUrl),
    instance: Buffer.from(random(8)).toString('hex'),
  };
}

/** The autonomous payer: its sessions end by themselves, its queue runs by itself, and what a crash left open is decided. */
export function openAutonomy(parts: RoomParts): OpenedRoom<Answers> {
  const { settings, db, staging, random, now } = parts;
  const mutate = createMutate(db, staging);
  const payer = payerOf(parts);
  const balances = new Balances();
  return {
    handlers: {
      ...payerSessionHandlers({ db, mutate, random, staging, payerKey: settings.payerKey ?? null }),
      ...facilitatorHandlers(db),
      ...queueHandlers({ db, mutate, random, settings: settings.autonomy }),
      ...controlHandlers({ payer, balances, mutate }),
    },
    jobs: [
      { name: 'payer-sessions', everyMs: 5_000, run: () => endSessions({ db, staging, now }) },
      { name: 'payer-queue', everyMs: 1_000, run: () => runDue(payer) },
      { name: 'payer-payments', everyMs: 5_000, run: () => reconcileAll(payer) },
      { name: 'payer-balances', everyMs: 30_000, run: () => balances.measure(payer) },
    ],
  };
}

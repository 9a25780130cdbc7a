import type { CustodyState } from '../../shared/ipc/custody.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { CustodyAnswer, CustodyAsk, Remains } from '../keeper/protocol.ts';
import type { SolanaRpc } from './solana-rpc.ts';

const PAUSE_MS = 1_000;
/** A blockhash lives for about a minute and a half; what has not landed within two will not. */
const LOOKS = 120;

interface Deps {
  readonly custodian: (ask: CustodyAsk) => Promise<CustodyAnswer>;
  readonly pause: (ms: number) => Promise<void>;
  readonly rpc: SolanaRpc;
}

/** @param until block height after which it can no longer be taken; null when that is not known any more */
async function settled({ rpc, pause }: Deps, signature: string, until: number | null) {
  for (let look = 0; look < LOOKS; look += 1) {
    const status = await rpc.status(signature);
    if (status === 'confirmed' || status === 'failed') return status;
    if (status === 'unknown' && (until === null || (await rpc.blockHeight()) > until)) return 'gone';
    await pause(PAUSE_MS);
  }
  throw new Refusal(
    'request-failed',
    `Transaction ${signature} is still on its way. Sweep again in a minute.`,
    {
      retryable: true,
    },
  );
}

/** One transaction that a person has read and signed; its signature is in the journal before it leaves. */
async function moveNext(deps: Deps, remains: Remains): Promise<string | null> {
  const { transaction } = await deps.custodian({ what: 'act', act: { act: 'sweep', remains } });
  if (!transaction) throw new Refusal('internal', 'The keeper signed nothing.');
  const { signature, wire } = transaction;
  await deps.rpc.send(wire);
  const end = await settled(deps, signature, Number(remains.lastValidBlockHeight));
  if (end === 'failed')
    throw new Refusal('request-failed', `Transaction ${signature} failed on the cluster. Sweep again.`);
  return end === 'confirmed' ? signature : null;
}

/** Settles what may be on its way, then signs and sends one transaction after the other until the cluster shows nothing left. */
export async function sweep(
  deps: Deps,
  { former, inFlight }: Pick<NonNullable<CustodyState['current']>, 'former' | 'inFlight'>,
): Promise<CustodyState | null> {
  const landed: string[] = [];
  for (const signature of inFlight)
    if ((await settled(deps, signature, null)) === 'confirmed') landed.push(signature);
  while (former) {
    const remains = await deps.rpc.remains(former.address);
    if (remains.tokens.length === 0 && remains.lamports === '0') break;
    const moved = await moveNext(deps, remains);
    if (moved) landed.push(moved);
  }
  const evidence = { transactions: landed, remaining: '0', tokenAccounts: 0 };
  return (await deps.custodian({ what: 'swept', evidence })).state;
}

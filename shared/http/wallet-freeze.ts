import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { bookAddress, walletAddress } from '../money/wallets.ts';
import { proposed } from './proposal.ts';
import { defineRoutes } from './route.ts';
import { shownWallet } from './treasury.ts';

const reason = z.string().trim().min(1, 'say why').max(500);

/** One wallet is stopped while all others go on (SPEC 16). */
export const walletFreezeRoutes = defineRoutes({
  'wallets.freeze': {
    method: 'POST',
    path: '/api/wallets/freeze',
    summary: 'Freeze one wallet: nothing leaves it until two operators unfreeze it',
    plane: 'admin',
    body: z.strictObject({ wallet: bookAddress, reason }),
    answers: { 201: z.object({ wallet: shownWallet, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'custodian', 'administrator'] },
    effect: 'mutate',
    // Containment never waits for a second person.
    risk: { level: 'sensitive' },
    card: {
      title: 'Freeze a wallet',
      effect:
        'Nothing leaves this wallet from now on: no transfer, no generation, no reward, no correction. It is still credited, and what generations held before is settled or released. Two persons unfreeze it.',
    },
    events: ['wallet.frozen'],
  },
  'wallets.unfreeze': {
    method: 'POST',
    path: '/api/wallets/unfreeze',
    summary: 'Propose to unfreeze one wallet; a second operator approves it',
    plane: 'admin',
    body: z.strictObject({ wallet: walletAddress, freezeId: idOf('walletFreeze'), reason }),
    answers: { 202: proposed },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    // It weakens a control that somebody thought necessary.
    risk: { level: 'critical' },
    card: {
      title: 'Unfreeze a wallet',
      effect: 'What is in the wallet can be spent again by whoever holds its credentials, a thief included.',
    },
    events: ['proposal.proposed', 'wallet.unfrozen'],
  },
});

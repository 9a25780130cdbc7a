import type { Ceremony } from '../custody/ceremony.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { retirementOf } from '../custody/retirement.ts';
import type { Rotation } from '../custody/rotation.ts';
import { cleaned, DONE, type PreparedAct, plain, walletsOf } from './custody-card.ts';
import type { WindowAct } from './protocol.ts';

const COPIED = [
  { name: 'proposal', label: 'Proposal', hint: 'prp_…, as the console that asked the service shows it' },
  { name: 'digest', label: 'Its digest', hint: '64 characters, of the executed proposal' },
];

const WARNING =
  'This destroys the former key in the vault and in its spare. Anything sent to its address later is lost.';

function firstWallet(ceremony: Ceremony, rotation: Rotation): PreparedAct {
  return {
    card: { ...plain, title: 'There is no former wallet', facts: walletsOf(ceremony), act: 'Go on' },
    async perform() {
      await rotation.sunset({ proof: 'no-former-wallet' });
      return DONE;
    },
  };
}

/** The former key ends only with the proposal that two persons signed (SPEC 8), which the journal and the change log then name. */
export function ending(
  { retirement }: Extract<WindowAct, { act: 'sunset' }>,
  ceremony: Ceremony,
  rotation: Rotation,
): PreparedAct {
  const { generated, sealed } = ceremony.done;
  if (!generated?.former) return firstWallet(ceremony, rotation);
  // The service of a sealed package or of a secret at AWS is another one: what it executed is copied from where it is seen.
  const byHand = retirement === null && sealed !== undefined && sealed.way !== 'vault';
  if (!retirement && !byHand)
    throw new CustodyError(
      'step-refused',
      'Two persons retire a wallet. Propose it, let another operator approve it, then do this step again.',
    );
  const seen = retirement ? retirementOf(retirement, generated) : null;
  const signed = seen?.seen === 'service' ? [{ label: 'Proposal', value: seen.proposal }] : [];
  const persons = retirement?.approved
    ? [{ label: 'Signed by', value: `${retirement.content.proposer.name} and ${retirement.approved.name}` }]
    : [];
  return {
    card: {
      ...{ ...plain, title: 'Retire the former wallet', warning: WARNING, danger: true },
      facts: [...walletsOf(ceremony), ...signed, ...persons],
      fields: byHand ? COPIED : [],
      act: 'Destroy the former key',
    },
    async perform({ proposal, digest }) {
      const copied = { seen: 'by-hand', proposal: (proposal ?? '').trim(), digest: cleaned(digest) } as const;
      await rotation.sunset({ proof: 'item-destroyed', retirement: seen ?? copied });
      return DONE;
    },
  };
}

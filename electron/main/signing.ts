import type { IpcErrorCode } from '../../shared/ipc/contract.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { CustodyAsk, MemberAsk, ServicesAsk, SigningRequest, WitnessAsk } from '../keeper/protocol.ts';
import { KeeperError, type KeeperLink, type Reveal } from './keeper-link.ts';

/** What the signer says, in the words of the contract. `gone` is a lock that came between card and signature. */
const CODES: Readonly<Record<KeeperError['code'], IpcErrorCode>> = {
  declined: 'declined',
  locked: 'locked',
  gone: 'locked',
  'rate-capped': 'busy',
  'invalid-request': 'internal',
  refused: 'request-failed',
};

function refusalOf(cause: unknown): unknown {
  if (!(cause instanceof KeeperError)) return cause;
  const code = CODES[cause.code];
  return new Refusal(code, cause.message, { retryable: code === 'busy' || code === 'locked', cause });
}

/** Asks whichever keeper is open now, and turns its reasons into refusals. */
const asking =
  <Open, Ask, Answer>(put: (open: Open, ask: Ask) => Promise<Answer>) =>
  (keeper: () => Open | null) =>
  async (ask: Ask): Promise<Answer> => {
    try {
      const open = keeper();
      if (!open) throw new KeeperError('gone', 'The vault is locked. Unlock it and try again.');
      return await put(open, ask);
    } catch (cause) {
      throw refusalOf(cause);
    }
  };

/** About custody. */
const custodian = asking((open: Pick<KeeperLink, 'custody'>, ask: CustodyAsk) => open.custody(ask));

/** About the member's session. */
const memberKeeper = asking((open: Pick<KeeperLink, 'member'>, ask: MemberAsk) => open.member(ask));

/** About what the vault keeps of the log. */
const witness = asking((open: Pick<KeeperLink, 'witness'>, ask: WitnessAsk) => open.witness(ask));

/** About remote services. */
const serviceKeeper = asking((open: Pick<KeeperLink, 'services'>, ask: ServicesAsk) => open.services(ask));

/** For a signature. */
export const signer = asking((open: Pick<KeeperLink, 'sign'>, ask: SigningRequest) => open.sign(ask));

type Side = Pick<
  KeeperLink,
  'custody' | 'member' | 'witness' | 'services' | 'sign' | 'reveal' | 'askVault' | 'usesSent'
>;

/** All that the service's side of this console asks of whichever keeper is open. */
export const keeperSide = (keeper: () => Side | null) => ({
  services: serviceKeeper(keeper),
  sign: signer(keeper),
  custodian: custodian(keeper),
  memberKeeper: memberKeeper(keeper),
  witness: witness(keeper),
  reveal: (shown: Reveal): void => keeper()?.reveal(shown),
  uses: {
    unsent: async () => (await keeper()?.askVault('unsent')) ?? [],
    sent: (last: string): void => keeper()?.usesSent(last),
  },
});

import type { IpcErrorCode } from '../../shared/ipc/contract.ts';
import { Refusal } from '../ipc/refusal.ts';
import type {
  CustodyAnswer,
  CustodyAsk,
  MemberAnswer,
  MemberAsk,
  SigningRequest,
} from '../keeper/protocol.ts';
import { KeeperError, type KeeperLink } from './keeper-link.ts';

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

/** Asks whichever keeper is open now about custody, and turns its reasons into refusals. */
export const custodian =
  (keeper: () => Pick<KeeperLink, 'custody'> | null) =>
  async (ask: CustodyAsk): Promise<CustodyAnswer> => {
    try {
      const open = keeper();
      if (!open) throw new KeeperError('gone', 'The vault is locked. Unlock it and try again.');
      return await open.custody(ask);
    } catch (cause) {
      throw refusalOf(cause);
    }
  };

/** Asks whichever keeper is open now about the member's session, and turns its reasons into refusals. */
export const memberKeeper =
  (keeper: () => Pick<KeeperLink, 'member'> | null) =>
  async (ask: MemberAsk): Promise<MemberAnswer> => {
    try {
      const open = keeper();
      if (!open) throw new KeeperError('gone', 'The vault is locked. Unlock it and try again.');
      return await open.member(ask);
    } catch (cause) {
      throw refusalOf(cause);
    }
  };

/** Asks whichever keeper is open now for a signature, and turns its reasons into refusals. */
export const signer =
  (keeper: () => Pick<KeeperLink, 'sign'> | null) =>
  async (request: SigningRequest): Promise<Readonly<Record<string, string>>> => {
    try {
      const open = keeper();
      if (!open) throw new KeeperError('gone', 'The vault is locked. Unlock it and try again.');
      return await open.sign(request);
    } catch (cause) {
      throw refusalOf(cause);
    }
  };

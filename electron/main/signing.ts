import type { IpcErrorCode } from '../../shared/ipc/contract.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { SigningRequest } from '../keeper/protocol.ts';
import { KeeperError, type KeeperLink } from './keeper-link.ts';

/** What the signer says, in the words of the contract. `gone` is a lock that came between card and signature. */
const CODES: Readonly<Record<KeeperError['code'], IpcErrorCode>> = {
  declined: 'declined',
  locked: 'locked',
  gone: 'locked',
  'rate-capped': 'busy',
  'invalid-request': 'internal',
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
      if (!(cause instanceof KeeperError)) throw cause;
      const code = CODES[cause.code];
      throw new Refusal(code, cause.message, { retryable: code === 'busy' || code === 'locked', cause });
    }
  };

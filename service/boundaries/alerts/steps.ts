/** What a rule tells a responder to do, and how long its windows are. */
export const FREEZE = { route: 'freeze.order', does: 'Stop all spending while you look.' } as const;
/** Where whoever the alert names pays, an account or a key: everybody else goes on. */
export const FREEZE_WALLET = {
  route: 'wallets.freeze',
  does: 'Freeze the wallet that is drained; all others go on.',
} as const;
export const CONTAIN = {
  route: 'containments.order',
  does: 'Contain the credential with all that derives from it.',
} as const;
export const CORRECT = {
  route: 'treasury.transfer',
  does: 'Correct by a transfer what was taken, once it is known.',
} as const;
export const REENCRYPT = {
  route: 'secret-roots.rotate',
  does: 'Encrypt the secrets of providers anew, under a root that nobody has seen.',
} as const;
export const NOTE = { route: 'incidents.note', does: 'Write down what you found.' } as const;
export const HOUR = 3_600;

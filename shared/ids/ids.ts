import { z } from 'zod';

/** Identifier prefixes, one per kind of thing, so that an id read aloud says what it names. */
export const ID_PREFIX = {
  entry: 'evt',
  operator: 'opr',
  key: 'key',
  request: 'req',
  invitation: 'inv',
  proposal: 'prp',
  signal: 'sig',
  payerSession: 'pse',
  payerTask: 'tsk',
  payment: 'pmt',
  outage: 'out',
  challenge: 'chl',
  account: 'acc',
  accountSession: 'ses',
  agent: 'agt',
  identityToken: 'idt',
  streamTicket: 'tkt',
  generation: 'gen',
  price: 'prc',
  hold: 'hld',
  transfer: 'trf',
  providerSecret: 'psc',
  accessReview: 'rev',
  bounty: 'bty',
  claim: 'clm',
  flag: 'flg',
  alert: 'alr',
  incident: 'inc',
  incidentNote: 'nte',
  containment: 'ctn',
  freeze: 'frz',
  walletFreeze: 'wfz',
  canary: 'can',
  brand: 'brd',
  mintJob: 'mjb',
  mintToken: 'mtk',
  mintExport: 'mex',
  probeRound: 'prr',
  order: 'ord',
  handover: 'hnd',
  webhook: 'whk',
} as const;

export type IdKind = keyof typeof ID_PREFIX;

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

const TIME_LETTERS = 10;

/** Base32 of whole groups of five bits, in plain numbers: arithmetic of any size cost five times as much, and every row has an id. */
function lettersOf(bytes: Uint8Array): string {
  let text = '';
  let [bits, held] = [0, 0];
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff;
    held += 8;
    for (; held >= 5; held -= 5) text += CROCKFORD.charAt((bits >> (held - 5)) & 31);
  }
  return text;
}

/**
 * A sortable identifier: prefix, 48-bit millisecond time, 80 random bits, in lower-case Crockford base32
 * (the layout of ULID, github.com/ulid/spec).
 * @param random 10 bytes from a CSPRNG
 * @param nowMs milliseconds since the epoch
 */
export function makeId(kind: IdKind, random: Uint8Array, nowMs: number): string {
  if (random.length !== 10) throw new RangeError('an identifier takes 10 random bytes');
  let time = '';
  for (let i = 0, left = nowMs; i < TIME_LETTERS; i += 1, left = Math.floor(left / 32))
    time = CROCKFORD.charAt(left % 32) + time;
  return `${ID_PREFIX[kind]}_${time}${lettersOf(random)}`;
}

/** When an identifier was made, in milliseconds since the epoch. */
export const idTime = (id: string): number =>
  [...id.slice(4, 4 + TIME_LETTERS)].reduce((time, letter) => time * 32 + CROCKFORD.indexOf(letter), 0);

/** A zod schema that accepts identifiers of one kind only. */
export const idOf = (kind: IdKind) =>
  z
    .string()
    .regex(
      new RegExp(`^${ID_PREFIX[kind]}_[0-9a-hjkmnp-tv-z]{26}$`),
      `expected an id like ${ID_PREFIX[kind]}_…`,
    );

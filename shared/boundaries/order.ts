/** What an order does when it is run: exactly this, and nothing that whoever runs it could choose. */
export type OrderAct =
  | { readonly does: 'freeze' }
  | {
      readonly does: 'contain';
      readonly kind: string;
      readonly credentialId: string;
      /** What people call the credential. */
      readonly name: string;
    };

/** A break-glass order: a containment that was signed before it was needed. */
export interface Order {
  readonly id: string;
  /** Name of the log of the service that it is for: no two services share one. */
  readonly service: string;
  readonly act: OrderAct;
  readonly reason: string;
  readonly preparedAt: string;
  readonly preparedBy: { readonly id: string; readonly name: string };
  readonly until: string;
  readonly runs: number;
  /** Ed25519 public key in base64url; its private half is made from the code in the envelope. */
  readonly seal: string;
}

export class OrderError extends Error {
  override readonly name = 'OrderError';
  readonly code: 'not-an-order' | 'not-a-code';

  constructor(code: OrderError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const FIRST = 'Sallyport break-glass order, version 1';
/** Longer than any order; what a parser is ready to read. */
export const ORDER_CHARACTERS = 4_096;

/** One line on every terminal and sheet: no breaks, no direction marks, nothing invisible. */
export const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );

/** What running it does, for a person. */
export const saysOf = (act: OrderAct): string =>
  act.does === 'freeze'
    ? 'Stops all spending: transfers, generations and payments are refused until two persons allow them again.'
    : 'Contains one credential: it is refused for ever, and so is all that was or could have been made with it.';

const linesOf = ({ id, service, act, reason, preparedAt, preparedBy, until, runs, seal }: Order) =>
  [
    ['order', id],
    ['service', service],
    ['action', act.does],
    ...(act.does === 'contain'
      ? [
          ['credential', `${act.kind} ${act.credentialId}`],
          ['called', quoted(act.name)],
        ]
      : []),
    ['reason', quoted(reason)],
    ['prepared', preparedAt],
    ['by', `${preparedBy.id} ${quoted(preparedBy.name)}`],
    ['until', until],
    ['runs', String(runs)],
    ['seal', seal],
  ] as const;

/** The order as its file: people read what a machine does, because both read the same lines. */
export const renderOrder = (order: Order): string =>
  [
    FIRST,
    saysOf(order.act),
    'Run it with the code of its envelope: npm run -s order -- FILE --api URL',
    '',
    ...linesOf(order).map(([label, value]) => `${label}: ${value}`),
    '',
  ].join('\n');

const notAnOrder = (cause?: unknown) =>
  new OrderError('not-an-order', 'This is no break-glass order, or it was altered.', { cause });

const ID = /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$/;
const WORD = /^[^\s\p{C}]+$/u;

const isTime = (text: string): boolean =>
  !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;

/** Whether every part is what it is said to be: a blank more or less would be another file for the same order. */
const isSound = ({ id, service, act, preparedAt, preparedBy, until, runs, seal }: Order): boolean =>
  ID.test(id) &&
  ID.test(preparedBy.id) &&
  [service, seal, ...(act.does === 'contain' ? [act.kind, act.credentialId] : [])].every((word) =>
    WORD.test(word),
  ) &&
  isTime(preparedAt) &&
  isTime(until) &&
  Number.isSafeInteger(runs);

function idAndRest(line: string): readonly [string, string] {
  const [first = '', ...rest] = line.split(' ');
  return [first, rest.join(' ')];
}

function unquoted(text: string): string {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'string') throw notAnOrder();
  return value;
}

function actOf(of: (label: string) => string): OrderAct {
  if (of('action') === 'freeze') return { does: 'freeze' };
  const [kind, credentialId] = idAndRest(of('credential'));
  return { does: 'contain', kind, credentialId, name: unquoted(of('called')) };
}

function read(text: string): Order {
  const values = new Map<string, string>();
  for (const line of text.split('\n').slice(4)) {
    const [, label, value] = /^([a-z]+): (.+)$/.exec(line) ?? [];
    if (label !== undefined && value !== undefined) values.set(label, value);
  }
  const of = (label: string): string => values.get(label) ?? '';
  const [byId, byName] = idAndRest(of('by'));
  return {
    ...{ id: of('order'), service: of('service'), act: actOf(of), reason: unquoted(of('reason')) },
    ...{ preparedAt: of('prepared'), preparedBy: { id: byId, name: unquoted(byName) } },
    ...{ until: of('until'), runs: Number(of('runs')), seal: of('seal') },
  };
}

/**
 * Reads the file of an order. What is read is written again and compared, so that nothing stands in the file that was not read:
 * no line twice, no sentence that says something else than the order does.
 * @param text attacker-controlled
 * @throws OrderError `not-an-order`
 */
export function parseOrder(text: string): Order {
  if (text.length > ORDER_CHARACTERS) throw notAnOrder();
  let order: Order;
  try {
    order = read(text);
  } catch (cause) {
    throw notAnOrder(cause);
  }
  if (!isSound(order) || renderOrder(order) !== text) throw notAnOrder();
  return order;
}

import type { Ceremony } from '../custody/ceremony.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { type Deed, deed as deedSchema, factsOf, sweepDeed } from '../custody/deed.ts';
import { personName } from '../custody/persons.ts';
import type { SecondRequest } from '../custody/second-files.ts';
import { SWEEP_MS } from '../custody/second-operator.ts';
import {
  type Card,
  DONE,
  type Ground,
  keyFacts,
  type Outcome,
  type PreparedAct,
  plain,
  walletsOf,
} from './custody-card.ts';
import { qrOf } from './qr-code.ts';
import { troubleOf } from './trouble.ts';

/** What one deed is done to, and what is written down of its approval. */
interface Shared {
  readonly item: string;
  readonly deed: Deed;
  /** What can be judged without the key; an approval that it would be in vain is not used up. */
  readonly ready?: (() => Promise<void>) | undefined;
}

const ANSWER = {
  name: 'answer',
  label: 'Answer',
  hint: 'the file that the other console wrote',
  file: true,
} as const;
const REQUEST = { ...ANSWER, name: 'request', label: 'Request' } as const;

/** A deed of what was typed. @throws CustodyError `recipient-malformed` */
export function deedOf(made: Deed): Deed {
  const parsed = deedSchema.safeParse(made);
  if (parsed.success) return parsed.data;
  throw new CustodyError(
    'recipient-malformed',
    'A wallet of two persons goes to an age recipient (age1…), in one of the formats named. Nothing was asked yet.',
  );
}

function askingCard({ header, deed, expires }: SecondRequest, text: string): Card {
  const { second } = header;
  return {
    ...plain,
    title: `“${second.name}” has to approve this`,
    facts: [
      ...factsOf(header, deed),
      { label: 'Second operator', value: second.name },
      ...keyFacts(second.publicKey),
      { label: 'Answer until', value: expires },
    ],
    warning:
      'Carry the file to their console, or let it read this code. You may close this window: asked again for the same, it is the same request until half an hour before its time is over.',
    fields: [ANSWER],
    act: 'Open with both keys',
    ...qrOf(text),
  };
}

const answerIn = ({ answer = '' }: Readonly<Record<string, string>>): string => answer;

/** A second window's worth of the same act: the request leaves, the answer comes back, and only then `work` is done. */
async function asking(
  ground: Ground,
  { item, deed }: Shared,
  work: (answer: string) => Promise<Outcome>,
): Promise<Outcome> {
  const { text, asked } = await ground.second.ask(item, deed);
  ground.tell({ type: 'save-file', name: `request-${asked.nonce}.second`, text });
  return { ...DONE, next: { card: askingCard(asked, text), perform: (values) => work(answerIn(values)) } };
}

/** Of a wallet of one person, `work` is simply done. Of two, it is done once, while the second one's part for exactly this is here. */
export async function withSecond(
  ground: Ground,
  { item, deed, ready }: Shared,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  if (!ground.second.holdings.isShared(item)) return work();
  const shared = { item, deed: deedOf(deed), ready };
  await ready?.();
  return asking(ground, shared, async (answer) => {
    await ready?.();
    const spent = { is: false };
    try {
      return await ground.second.during(item, shared.deed, answer, async (approval) => {
        spent.is = true;
        if ('rotation' in shared.deed) await ground.rotation.approved(approval);
        return work();
      });
    } catch (error) {
      // Before that, the same answer is good still.
      if (spent.is) return askingAgain(ground, shared, { work, error });
      throw error;
    }
  });
}

/** The approval was used up and the work failed: the window goes on with a new request instead of ending in an answer that opens nothing. */
async function askingAgain(
  ground: Ground,
  shared: Shared,
  { work, error }: { readonly work: () => Promise<Outcome>; readonly error: unknown },
): Promise<Outcome> {
  const { next, ...outcome } = await withSecond(ground, shared, work).catch(() => {
    // It is not its turn any more, or the wallet is gone: why it failed says more than why it cannot be asked again.
    throw error;
  });
  if (!next) return outcome;
  const { title, warning } = next.card;
  const card = {
    ...next.card,
    title: `${title} again`,
    warning: `${troubleOf(error, 0).message} The approval was used up by that; this is a new request. ${warning ?? ''}`,
  };
  return { ...outcome, next: { ...next, card } };
}

/** A transaction of a sweep lives for a minute, an answer comes in an hour: so the second operator is asked before it is built. */
export function askingForSweep(ceremony: Ceremony, ground: Ground): PreparedAct {
  const { second, rotation } = ground;
  const item = ceremony.done.generated?.former?.item ?? '';
  if (!second.holdings.isShared(item))
    throw new CustodyError('step-refused', 'One person signs for the former wallet. Sweep it.');
  const deed = sweepDeed(ceremony);
  const admit = async (answer: string): Promise<Outcome> => {
    await rotation.requireReady('swept');
    await second.admitSweep(item, deed, answer, (approval) => rotation.approved(approval));
    return { say: `Sweep within ${SWEEP_MS / 60_000} minutes, to that wallet only. A lock ends it.` };
  };
  return {
    card: {
      ...plain,
      title: 'Ask before the former wallet is swept',
      facts: walletsOf(ceremony),
      warning:
        'The second operator admits that everything goes to the new wallet. You still read every transaction.',
      act: 'Ask the second operator',
    },
    perform: () => asking(ground, { item, deed }, admit),
  };
}

/** The name is what two persons are told apart by; the key is told by another way than the file. */
export const introducing = ({ second, custodian, tell }: Ground): PreparedAct => ({
  card: {
    ...plain,
    title: 'Introduce this console',
    facts: keyFacts(custodian.publicKey),
    warning:
      'It is public. Whoever makes a wallet with you needs the file, and this public key by another way.',
    fields: [{ name: 'name', label: 'Your name', hint: 'as you were enrolled' }],
    act: 'Sign and save',
  },
  async perform({ name = '' }) {
    const text = await second.introduction(nameOf(name));
    tell({ type: 'save-file', name: 'introduction.second', text });
    return { say: `Tell the other operator your public key: ${custodian.publicKey}`, ...qrOf(text) };
  },
});

/** @throws CustodyError `second-malformed` */
export function nameOf(typed: string): string {
  const name = typed.trim();
  if (personName.safeParse(name).success) return name;
  throw new CustodyError(
    'second-malformed',
    'Type your name as you were enrolled, up to 64 characters, without any that draw nothing.',
  );
}

const APPROVING =
  'Ask them, by another way, what they are doing and why. Whoever has both parts has the key: what is shown here is what you approve.';

const AGAIN =
  'You have approved exactly this. The same answer is written again, in case the first one was lost; it opens nothing twice.';

/** The other side: what another console asks is read here, in words made from what was signed, and decided here. */
export const approving = ({ second, tell }: Ground): PreparedAct => ({
  card: {
    ...plain,
    title: 'Approve as the second operator',
    warning: 'Nothing is given before you have read what it is for.',
    fields: [REQUEST],
    act: 'Read it',
  },
  async perform({ request = '' }) {
    const { header, deed, nonce, expires, isAnswered } = await second.inspect(request);
    const next: PreparedAct = {
      card: {
        ...plain,
        title: 'This is what you approve',
        facts: [
          {
            label: 'Asked by',
            value: `${header.first.name}, by their own word: nobody has checked this name here`,
          },
          ...keyFacts(header.first.publicKey),
          ...factsOf(header, deed),
          { label: 'You are', value: header.second.name },
          { label: 'Until', value: expires },
        ],
        warning: isAnswered ? AGAIN : APPROVING,
        act: 'Approve and give your part',
        danger: true,
      },
      async perform() {
        const text = await second.approve(request);
        tell({ type: 'save-file', name: `answer-${nonce}.second`, text });
        return {
          say: 'Your part is encrypted to that one request. Carry the file back, or let their console read this code.',
          ...qrOf(text),
        };
      },
    };
    return { ...DONE, next };
  },
});

import { ageFile } from '../custody/age-file.ts';
import { CustodyError } from '../custody/custody-error.ts';
import type { Deed } from '../custody/deed.ts';
import { readKey, writeKey } from '../custody/key-formats.ts';
import type { TwoPersons } from '../custody/persons.ts';
import { DONE, type Ground, keyFacts, madeOf, type PreparedAct, plain } from './custody-card.ts';
import { deedOf, nameOf, withSecond } from './custody-second.ts';
import type { WindowAct } from './protocol.ts';

type Opening = Extract<WindowAct, { act: 'open' }>;

/** What says who the two persons are. */
export const BOTH = [
  { name: 'name', label: 'Your name', hint: 'as you were enrolled' },
  {
    name: 'introduction',
    label: 'Introduction of the second operator',
    hint: 'the file that they gave you',
    file: true,
  },
  { name: 'key', label: 'Their public key', hint: '43 characters, told by another way than the file came' },
] as const;

export const keysOf = ({ first, second }: TwoPersons) => [
  { label: 'First operator', value: `${first.name}, this console` },
  ...keyFacts(first.publicKey),
  { label: 'Second operator', value: second.name },
  ...keyFacts(second.publicKey),
];

/** Two names and two keys are read and judged first; then a person sees both, and the key is drawn. */
export const openingForTwo = (act: Opening, { rotation, second: consoles }: Ground): PreparedAct => ({
  card: {
    ...plain,
    title: 'Make a wallet of two persons',
    facts: [{ label: 'Why', value: act.reason }],
    warning:
      'Its key opens with this vault and that of the second operator together. Whoever loses one of them loses the wallet: keep the recovery of both.',
    fields: BOTH,
    act: 'Check both',
  },
  async perform({ name = '', introduction = '', key = '' }) {
    const persons = await consoles.meet(nameOf(name), { introduction, key }, act.known ?? []);
    const next: PreparedAct = {
      card: {
        ...plain,
        title: 'Do these two open it?',
        facts: [{ label: 'Why', value: act.reason }, ...keysOf(persons)],
        warning:
          'It is sealed, exported, shown and swept with both keys only. The bundled service cannot pay with it.',
        act: 'Make the key',
      },
      async perform() {
        return madeOf(await rotation.open(act.reason, act.former, persons));
      },
    };
    return { ...DONE, next };
  },
});

/** @throws CustodyError `step-refused` */
function requireShared(item: string, { second }: Ground): void {
  if (!second.holdings.isShared(item))
    throw new CustodyError(
      'step-refused',
      'This is no wallet of two persons, or it is not in the vault any more.',
    );
}

async function walletFacts(item: string, ground: Ground) {
  requireShared(item, ground);
  const { header } = await ground.second.holdings.shared(item);
  return [{ label: 'Wallet', value: header.wallet.address }, ...keysOf(header)];
}

export const revealingShared = async (item: string, ground: Ground): Promise<PreparedAct> => ({
  card: {
    ...plain,
    title: 'Show the key of this wallet',
    facts: await walletFacts(item, ground),
    warning: 'Once it is shown, whoever sees it has the wallet alone. The second operator is told so.',
    act: 'Ask the second operator',
    danger: true,
  },
  perform: () =>
    withSecond(ground, { item, deed: { action: 'reveal' } }, async () => ({
      ...DONE,
      shown: {
        value: await ground.second.holdings.use(item, 'reveal', (secret) => secret.toString('utf8')),
        noteCopy: async () => void (await ground.second.holdings.shared(item, 'copy')),
      },
    })),
});

const FORMATS = 'phantom, solana-cli or secrets-manager';

export const exportingShared = async (item: string, ground: Ground): Promise<PreparedAct> => ({
  card: {
    ...plain,
    title: 'Export the key of this wallet, encrypted',
    facts: await walletFacts(item, ground),
    warning: 'Whoever holds the key of the recipient has the wallet alone then.',
    fields: [
      { name: 'recipient', label: 'Recipient', hint: 'age1…, who is to open it' },
      { name: 'format', label: 'Format', hint: FORMATS },
    ],
    act: 'Ask the second operator',
  },
  async perform({ recipient = '', format = '' }) {
    const to = { action: 'export', recipient: recipient.trim(), format: format.trim() } as Extract<
      Deed,
      { action: 'export' }
    >;
    const deed = deedOf(to) as typeof to;
    return withSecond(ground, { item, deed }, () => exported(item, deed, ground));
  },
});

async function exported(
  item: string,
  { recipient, format }: Extract<Deed, { action: 'export' }>,
  { second, tell }: Ground,
) {
  const text = await second.holdings.use(item, 'export', (secret) => {
    const seed = readKey(secret.toString('utf8'));
    const content = Buffer.from(writeKey(seed, format), 'utf8');
    seed.fill(0);
    return ageFile(content, { recipient }).finally(() => content.fill(0));
  });
  tell({ type: 'save-file', name: 'sallyport-export.age', text });
  return { say: 'It is encrypted. Choose where the file goes.' };
}

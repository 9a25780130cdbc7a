import { type Card, DONE, type Ground, type PreparedAct, plain } from './custody-card.ts';

const FIELDS: Card['fields'] = [
  { name: 'package', label: 'Sealed package', hint: 'the .sealed file that you were given', file: true },
  {
    name: 'ceremony',
    label: 'Rotation',
    hint: 'as its custodian tells you, by another way than the file came',
  },
  { name: 'custodian', label: 'Key of its custodian', hint: '43 characters, told by the same way' },
];

/** First the package is checked and opened for its words; then a person reads who sealed it and what it holds, and decides. */
export async function receiving({ receiving: packages }: Ground): Promise<PreparedAct> {
  const recipient = await packages.recipient();
  return {
    card: {
      ...plain,
      title: 'Open a sealed package',
      facts: [{ label: 'Recipient of this vault', value: recipient }],
      warning:
        'Whoever seals for you needs this recipient. Nothing is taken over before you have read what is inside.',
      fields: FIELDS,
      act: 'Check it',
    },
    async perform({ package: text = '', ceremony = '', custodian = '' }) {
      const told = { ceremony, custodian };
      const inside = await packages.inspect(text, told);
      const next: PreparedAct = {
        card: {
          ...plain,
          title: 'Take this wallet into the vault?',
          facts: [
            { label: 'Inside', value: 'one wallet: both halves of its key' },
            { label: 'Its address', value: inside.address },
            { label: 'Its fingerprint', value: inside.fingerprint },
            { label: 'Sealed by', value: inside.signer },
            { label: 'For rotation', value: inside.ceremony },
          ],
          warning: 'Compare the fingerprint with the one that its custodian reads to you.',
          act: 'Put it into the vault',
        },
        async perform() {
          await packages.accept(text, told);
          return {
            say: `The wallet ${inside.address} is in the vault. Tell its custodian the fingerprint ${inside.fingerprint}.`,
          };
        },
      };
      return { ...DONE, next };
    },
  };
}

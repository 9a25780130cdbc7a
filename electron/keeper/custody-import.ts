import { DONE, type Ground, type PreparedAct, plain } from './custody-card.ts';
import { nameOf } from './custody-second.ts';
import { BOTH, keysOf } from './custody-shared.ts';
import type { WindowAct } from './protocol.ts';

const WALLET = {
  name: 'wallet',
  label: 'The wallet that there is',
  hint: 'a Solana key file, or Phantom’s base58',
  secret: true,
  file: true,
} as const;

/** The key and both persons are read and judged first; then a person sees which wallet it is, and who will open it. */
export const importingForTwo = (
  act: Extract<WindowAct, { act: 'import-shared' }>,
  { imports, second }: Ground,
): PreparedAct => ({
  card: {
    ...plain,
    title: 'Put a wallet under the keys of two persons',
    warning:
      'The key goes into this vault and opens there with both keys only. What you import it from still opens the wallet alone.',
    fields: [...BOTH, WALLET],
    act: 'Check it',
  },
  async perform({ name = '', introduction = '', key = '', wallet: text = '' }) {
    const persons = await second.meet(nameOf(name), { introduction, key }, act.known ?? []);
    const { address, fingerprint } = await imports.inspect(text);
    const next: PreparedAct = {
      card: {
        ...plain,
        title: 'Do these two open this wallet?',
        facts: [
          { label: 'Wallet', value: address },
          { label: 'Its fingerprint', value: fingerprint },
          ...keysOf(persons),
        ],
        warning:
          'The former copy is listed under copies of the secret until a rotation has swept and retired this wallet. Deleting a file proves nothing.',
        act: 'Put it under both keys',
      },
      async perform() {
        await imports.take(text, persons);
        return {
          say: `The wallet ${address} is in the vault and opens with both keys. What it was imported from opens it alone: delete that, and rotate to a new wallet.`,
        };
      },
    };
    return { ...DONE, next };
  },
});

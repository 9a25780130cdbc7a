import { CopyButton } from './copy.tsx';
import { cx } from './cx.ts';
import { groupsOf } from './format.ts';
import { Fingerprint } from './hash.tsx';

/** `-12,345` and `5000 0000`: thousands before the point, fours behind it. */
function partsOf(amount: string): { readonly whole: string; readonly decimals: string[] } {
  const [whole = '0', decimals = ''] = amount.split('.');
  return { whole: whole.replace(/\B(?=(\d{3})+$)/g, ','), decimals: groupsOf(decimals) };
}

/**
 * Credits with all eight decimals, digit under digit, so that two amounts are compared by eye. The exact text is what a
 * selection copies.
 */
export function Amount({ value, signed = false }: { readonly value: string; readonly signed?: boolean }) {
  const { whole, decimals } = partsOf(value);
  const zero = /^-?0\.0+$/.test(value);
  return (
    <data
      value={value}
      title={value}
      className={cx('whitespace-nowrap font-mono tabular-nums', zero ? 'text-faint' : 'text-ink')}
    >
      {signed && !zero && !value.startsWith('-') ? '+' : ''}
      {whole}
      {decimals.length > 0 ? '.' : ''}
      {decimals.map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: groups of digits may repeat; their place is their identity.
        <span key={index} className={cx('text-soft', index > 0 && 'ml-[0.4ch]')}>
          {group}
        </span>
      ))}
    </data>
  );
}

const SYSTEM: Readonly<Record<string, string>> = {
  issuance: 'Issuance',
  'platform-loss': 'Platform loss',
  revenue: 'Revenue',
};

interface AddressProps {
  readonly value: string;
  /** Only the ends, for rows; the whole is the title. */
  readonly short?: boolean;
}

/** A wallet's address in groups of four with its picture, or a system account by its name. */
export function WalletAddress({ value, short = false }: AddressProps) {
  const system = SYSTEM[value];
  if (system) return <span title="system account">{system}</span>;
  const groups = groupsOf(value.slice(4));
  // The first groups are a time and look alike; the random ones tell wallets apart.
  const shown = short ? ['…', ...groups.slice(-3)] : groups;
  return (
    <span className="flex items-center gap-2" title={value}>
      <Fingerprint text={value.slice(-16)} height={16} />
      <span className="flex flex-wrap gap-x-[0.6ch] font-mono text-small leading-4">
        {[value.slice(0, 4), ...shown].map((group, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups of an address may repeat; their place is their identity.
          <span key={index} className={cx(index % 2 === 1 && 'text-soft')}>
            {group}
          </span>
        ))}
      </span>
      {short ? null : <CopyButton text={value} what="the address" />}
    </span>
  );
}

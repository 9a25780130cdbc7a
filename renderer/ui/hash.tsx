import { CopyButton } from './copy.tsx';
import { cx } from './cx.ts';
import { groupsOf } from './format.ts';

const COLUMNS = 8;
const ROWS = 4;
const SHADES = [0.1, 0.4, 0.7, 1] as const;

/**
 * Shade of each of the 32 cells from the first 64 bits of a hex digest, two bits a cell. Anything that is not hex is
 * folded to character codes first, so that key ids get a picture too.
 */
export function cellsOf(text: string): number[] {
  const hex = /^[0-9a-f]{16,}$/i.test(text)
    ? text
    : [...text].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return Array.from({ length: COLUMNS * ROWS }, (_, cell) => {
    const nibble = Number.parseInt(hex.charAt(Math.floor(cell / 2) % Math.max(1, hex.length)) || '0', 16);
    return cell % 2 === 0 ? nibble >> 2 : nibble & 3;
  });
}

/** A picture of a hash: two that differ look different at a glance. It aids the eye and proves nothing. */
export function Fingerprint({ text, height = 20 }: { readonly text: string; readonly height?: number }) {
  return (
    <svg
      viewBox={`0 0 ${COLUMNS} ${ROWS}`}
      width={height * 2}
      height={height}
      aria-hidden="true"
      shapeRendering="crispEdges"
      className="shrink-0 text-ink"
      data-testid="fingerprint"
    >
      {cellsOf(text).map((shade, cell) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: the cells are a fixed grid; their place is their identity.
          key={cell}
          x={cell % COLUMNS}
          y={Math.floor(cell / COLUMNS)}
          width="1"
          height="1"
          fill="currentColor"
          opacity={SHADES[shade]}
        />
      ))}
    </svg>
  );
}

interface HashProps {
  readonly value: string;
  /** What it is, for the copy button's name. */
  readonly what: string;
  readonly picture?: boolean;
}

/** A whole hash in groups of four that wrap at group edges, with its picture and a copy button. */
export function Hash({ value, what, picture = true }: HashProps) {
  return (
    <span className="flex items-start gap-2">
      {picture ? <Fingerprint text={value} height={value.length > 32 ? 32 : 20} /> : null}
      <span
        className="flex min-w-0 flex-1 flex-wrap gap-x-[0.6ch] self-baseline font-mono text-small leading-4"
        title={value}
      >
        {groupsOf(value).map((group, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups of a hash may repeat; their place is their identity.
          <span key={index} className={cx(index % 2 === 1 && 'text-soft')}>
            {group}
          </span>
        ))}
      </span>
      <CopyButton text={value} what={what} />
    </span>
  );
}

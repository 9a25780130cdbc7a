/** A QR symbol of rows of dark and light; crisp at any size, black on white in either theme, because cameras want that. */
export function QrSymbol({
  rows,
  label,
  size = 240,
}: {
  readonly rows: readonly (readonly boolean[])[];
  readonly label: string;
  /** Pixels a side. */
  readonly size?: number;
}) {
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      width={size}
      height={size}
      role="img"
      aria-label={label}
      className="shrink-0"
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

interface IconProps {
  readonly size?: number;
}

const icon = (name: string, path: string) =>
  Object.assign(
    ({ size = 14 }: IconProps) => (
      <svg
        viewBox="0 0 16 16"
        width={size}
        height={size}
        aria-hidden="true"
        className="shrink-0"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      >
        <path d={path} />
      </svg>
    ),
    { displayName: name },
  );

export const CloseIcon = icon('CloseIcon', 'M4 4l8 8M12 4l-8 8');
export const CopyIcon = icon('CopyIcon', 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3');
export const CheckIcon = icon('CheckIcon', 'M3 8.5 6.5 12 13 4.5');
export const LockIcon = icon('LockIcon', 'M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5');
export const ArrowUpIcon = icon('ArrowUpIcon', 'M8 13V3.5M4 7.5l4-4 4 4');
export const ArrowDownIcon = icon('ArrowDownIcon', 'M8 3v9.5M4 8.5l4 4 4-4');
export const ChevronIcon = icon('ChevronIcon', 'M3.5 6 8 10.5 12.5 6');
export const SearchIcon = icon('SearchIcon', 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.5 10.5 14 14');
export const PanelIcon = icon('PanelIcon', 'M2.5 3.5h11v9h-11zM6 3.5v9');

/** The mark of the console: a narrow door in a wall. */
export const DoorMark = ({ size = 18 }: IconProps) => (
  <svg viewBox="0 0 18 18" width={size} height={size} aria-hidden="true" className="shrink-0 text-accent">
    <path d="M1 1h16v16h-5.5V9.5a2.5 2.5 0 0 0-5 0V17H1z" fill="currentColor" />
  </svg>
);

import { Tooltip as Base } from '@base-ui/react/tooltip';
import { useEffect, useRef, useState } from 'react';

const OPEN_AFTER_MS = 200;
/** Long enough to move the pointer from the words onto what they opened. */
const CLOSE_AFTER_MS = 120;

interface TooltipProps {
  readonly text: string;
  readonly children: React.ReactNode;
}

/** Says more about what it wraps, on hover and on keyboard focus. Never the only place where something is said. */
export function Tooltip({ text, children }: TooltipProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const turn = (to: boolean, afterMs = 0): void => {
    clearTimeout(timer.current);
    if (afterMs === 0) setOpen(to);
    else timer.current = setTimeout(() => setOpen(to), afterMs);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <>
      <button
        type="button"
        ref={anchor}
        className="cursor-default rounded-sm text-inherit underline decoration-line-strong decoration-dotted underline-offset-4"
        onPointerEnter={() => turn(true, OPEN_AFTER_MS)}
        onPointerLeave={() => turn(false, CLOSE_AFTER_MS)}
        onFocus={() => turn(true)}
        onBlur={() => turn(false)}
      >
        {children}
        <span className="sr-only"> ({text})</span>
      </button>
      {/* A table has a hundred of these and at most one is open: what is not open is not there at all. */}
      {open ? (
        <Base.Root open onOpenChange={(to) => turn(to)}>
          <Base.Portal>
            <Base.Positioner anchor={anchor} sideOffset={6} className="z-50">
              <Base.Popup
                className="rounded-sm border border-line-strong bg-raised px-2 py-1 font-mono text-ink text-small shadow-panel"
                onPointerEnter={() => turn(true)}
                onPointerLeave={() => turn(false, CLOSE_AFTER_MS)}
              >
                {text}
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        </Base.Root>
      ) : null}
    </>
  );
}

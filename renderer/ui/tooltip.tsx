import { Tooltip as Base } from '@base-ui/react/tooltip';

interface TooltipProps {
  readonly text: string;
  readonly children: React.ReactNode;
}

/** Says more about what it wraps, on hover and on keyboard focus. Never the only place where something is said. */
export function Tooltip({ text, children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger
        delay={200}
        aria-label={undefined}
        className="cursor-default rounded-sm text-inherit underline decoration-line-strong decoration-dotted underline-offset-4"
      >
        {children}
        <span className="sr-only"> ({text})</span>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="z-50">
          <Base.Popup className="rounded-sm border border-line-strong bg-raised px-2 py-1 font-mono text-ink text-small shadow-panel">
            {text}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

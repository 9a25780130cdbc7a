import { Dialog as Base } from '@base-ui/react/dialog';
import { cx } from './cx.ts';

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What the dialog is about, read out with the title. */
  readonly description?: React.ReactNode;
  readonly wide?: boolean;
  /** Keeps the title for those who hear the screen, for dialogs that explain themselves to the eye. */
  readonly hideTitle?: boolean;
  readonly testId?: string;
  readonly children: React.ReactNode;
}

/** A modal question. Focus goes in, stays in and returns; Escape closes. */
export function Dialog(props: DialogProps) {
  const { open, onClose, title, description, wide, hideTitle, testId, children } = props;
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-shade" />
        <Base.Popup
          data-testid={testId}
          className={cx(
            'fixed top-[12vh] left-1/2 z-50 flex max-h-[80vh] -translate-x-1/2 flex-col overflow-auto rounded-md',
            'max-w-[calc(100vw-32px)] border border-line-strong bg-raised shadow-panel',
            wide ? 'w-[600px]' : 'w-[480px]',
          )}
        >
          <div className={hideTitle ? 'sr-only' : 'flex flex-col gap-1 px-5 pt-4'}>
            <Base.Title className="font-semibold text-ink text-lead">{title}</Base.Title>
            {description ? (
              <Base.Description className="text-body text-soft" render={<div />}>
                {description}
              </Base.Description>
            ) : null}
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The row of answers at the end of a dialog. */
export const DialogActions = ({ children }: { readonly children: React.ReactNode }) => (
  <div className="mt-1 flex items-center justify-end gap-2 border-line border-t px-5 py-3">{children}</div>
);

/** A key on the keyboard. */
export const Kbd = ({ children }: { readonly children: string }) => (
  <kbd className="inline-flex h-4.5 min-w-4.5 items-center whitespace-nowrap justify-center rounded-[3px] border border-line px-1 font-mono text-faint text-note">
    {children}
  </kbd>
);

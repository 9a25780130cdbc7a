type ServiceKind = 'bundled' | 'remote' | 'simulated';

const COLOUR: Record<ServiceKind, string> = {
  bundled: 'text-faint',
  remote: 'text-accent',
  simulated: 'text-warn',
};

/** A box that is closed, two boxes joined across a gap, a box of broken line: told apart without colour. */
const PATHS: Record<ServiceKind, React.ReactNode> = {
  bundled: <rect x="1.5" y="1.5" width="9" height="9" />,
  remote: (
    <>
      <rect x="0.75" y="3.5" width="3.5" height="5" fill="currentColor" />
      <path d="M4.5 6h3" />
      <rect x="7.75" y="3.5" width="3.5" height="5" fill="currentColor" />
    </>
  ),
  simulated: <rect x="1.5" y="1.5" width="9" height="9" strokeDasharray="2 2" />,
};

/** Which kind of service this is, as a shape; the word stands beside it. */
export const ServiceMark = ({ kind }: { readonly kind: ServiceKind }) => (
  <svg
    viewBox="0 0 12 12"
    width={12}
    height={12}
    aria-hidden="true"
    data-kind={kind}
    className={`shrink-0 ${COLOUR[kind]}`}
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
  >
    {PATHS[kind]}
  </svg>
);

import { Banner } from '../../ui/message.tsx';

interface ShownProps {
  readonly revealed: boolean;
  /** What to do when nobody has the secret. */
  readonly otherwise: string;
}

/** Where a secret is that was made a moment ago. */
export const Shown = ({ revealed, otherwise }: ShownProps) =>
  revealed ? (
    <p className="mt-2 text-soft">
      Its secret is in the trusted window now and nowhere else. Copy it there before you close that window.
    </p>
  ) : (
    <div className="mt-3">
      <Banner tone="warn" role="alert">
        No trusted window could show the secret, so nobody has it. {otherwise}
      </Banner>
    </div>
  );

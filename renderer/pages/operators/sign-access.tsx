import type { AccessReviewState } from '../../../shared/http/access-review.ts';
import { Hash } from '../../ui/hash.tsx';
import { SignDialog } from '../parts/sign-dialog.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useSignAccess } from './use-operators.ts';

interface SignAccessProps {
  readonly state: AccessReviewState;
  readonly onClose: () => void;
  readonly onSettled: () => void;
}

/** Signs the digest of the rows that were on the screen when the button was pressed; the service refuses when they have changed. */
export function SignAccess({ state, onClose, onSettled }: SignAccessProps) {
  const { action, run } = useSignAccess();
  const people = new Set(state.rows.map(({ operatorId }) => operatorId)).size;
  return (
    <SignDialog
      title="Sign the access review"
      description={
        <>
          You say that you have read who can do what: {state.rows.length} rows about {people}{' '}
          {people === 1 ? 'person' : 'people'}. If anything changes before you sign, the service refuses.
        </>
      }
      testId="sign-access"
      action={action}
      sign="Sign the review"
      onSign={() => void run(state.digest, state.rows.length).then(onSettled)}
      onClose={onClose}
      done={{
        title: 'Review signed',
        says: ({ body }) => (
          <>
            <p>Your review of {body.review.rows} rows is in the ledger. Their digest:</p>
            <Hash value={body.review.digest} what="the digest" />
          </>
        ),
      }}
    >
      <SigningSummary route="access.sign" body={{ digest: state.digest, rows: state.rows.length }} />
    </SignDialog>
  );
}

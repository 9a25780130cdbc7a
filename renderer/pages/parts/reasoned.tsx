import type { DRAFT_FIELDS } from '../../../shared/ipc/drafts.ts';
import { useAction } from '../../bridge/use-action.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { ReasonField } from './reason.tsx';
import { SignedDone, SignedForm } from './signed-form.tsx';
import { SigningSummary } from './signing.tsx';

/** Forms in which a reason is all that is typed. */
type ReasonForm = {
  [F in keyof typeof DRAFT_FIELDS]: (typeof DRAFT_FIELDS)[F] extends readonly ['reason'] ? F : never;
}[keyof typeof DRAFT_FIELDS];

interface ReasonedProps<B extends { readonly reason: string }, T>
  extends Pick<
    React.ComponentProps<typeof SignedForm>,
    'title' | 'description' | 'testId' | 'sign' | 'danger'
  > {
  readonly form: ReasonForm;
  /** What it is about; empty where there is one such thing only. */
  readonly subject: string;
  /** What stands in the field at first. */
  readonly start?: string;
  readonly placeholder: string;
  readonly route: React.ComponentProps<typeof SigningSummary>['route'];
  /** All of the request but its reason. */
  readonly about: Omit<B, 'reason'>;
  readonly ask: (body: B) => Promise<T>;
  /** Why this console may not sign it now. */
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onSettled: () => void;
  readonly done: {
    readonly title: string;
    readonly testId: string;
    readonly says: (value: T) => React.ReactNode;
  };
}

/** One signature over one thing and the reason for it. The reason outlives the window's process until it is signed or put away. */
function Reasoned<B extends { readonly reason: string }, T>(props: ReasonedProps<B, T>) {
  const { title, description, testId, sign, danger = false, placeholder, route, blocked, done } = props;
  const draft = useDraft(props.form, props.subject, { reason: props.start ?? '' });
  const { reason } = draft.typed;
  const body = { ...props.about, reason: reason.trim() } as B;
  const { action, run } = useAction(() => props.ask(body));
  if (action.state === 'done')
    return (
      <SignedDone title={done.title} testId={done.testId} onClose={props.onClose}>
        <p className="px-5 py-4 text-body">{done.says(action.value)}</p>
      </SignedDone>
    );
  return (
    <SignedForm
      {...{ title, description, testId, action, draft, sign, danger, blocked }}
      onSign={body.reason === '' ? null : () => run()}
      onAttempted={props.onSettled}
      onClose={props.onClose}
      summary={<SigningSummary route={route} body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={(text) => draft.type({ reason: text })}
          touched={touched}
          disabled={running}
          placeholder={placeholder}
        />
      )}
    </SignedForm>
  );
}

type OrderProps<B extends { readonly reason: string }, T> = Omit<ReasonedProps<B, T>, 'danger'>;

/** What one person orders, and what holds from then on. */
export const OrderWithReason = <B extends { readonly reason: string }, T>(props: OrderProps<B, T>) => (
  <Reasoned {...props} danger />
);

/** The answer to whatever takes a second person. */
interface Proposed {
  readonly body: { readonly proposal: { readonly id: string } };
}

interface ProposalProps<B extends { readonly reason: string }, T extends Proposed>
  extends Omit<ReasonedProps<B, T>, 'danger' | 'sign' | 'done'> {
  readonly done: {
    readonly title: string;
    readonly testId: string;
    /** How things are until somebody approves. */
    readonly still: string;
  };
}

/** Asks for a second person’s signature; nothing is allowed before that. */
export const ProposalWithReason = <B extends { readonly reason: string }, T extends Proposed>({
  done: { still, ...done },
  ...props
}: ProposalProps<B, T>) => (
  <Reasoned
    {...props}
    sign="Sign and propose"
    done={{
      ...done,
      says: ({ body: { proposal } }) =>
        `${still} ${proposal.id} waits on the Operators screen for another person’s signature.`,
    }}
  />
);

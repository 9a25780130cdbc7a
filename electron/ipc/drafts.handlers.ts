import type { AppChannel } from '../../shared/ipc/app.ts';
import type { Draft, DraftRequest } from '../../shared/ipc/drafts.ts';
import type { AppHandlers } from './handlers.ts';

export interface DraftsDeps {
  readonly drafts: {
    readonly list: () => Draft[];
    readonly keep: (draft: Draft) => void;
    readonly drop: (request: DraftRequest) => void;
  };
}

export const draftsHandlers = ({
  drafts,
}: DraftsDeps): Pick<AppHandlers, Extract<AppChannel, `drafts.${string}`>> => ({
  'drafts.list': () => drafts.list(),
  'drafts.keep': (draft) => {
    drafts.keep(draft);
    return null;
  },
  'drafts.drop': (request) => {
    drafts.drop(request);
    return null;
  },
});

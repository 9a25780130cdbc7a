import type { Draft, DraftRequest } from '../../shared/ipc/drafts.ts';

/**
 * What was typed into forms and not sent, one draft a form, in this process's memory alone: it outlives the page's process and
 * neither a lock nor this process. Its size is bounded by the contract, which knows every form and how long each may be.
 */
export function createDrafts() {
  const kept = new Map<Draft['form'], Draft>();
  return {
    list: (): Draft[] => [...kept.values()],
    keep: (draft: Draft): void => void kept.set(draft.form, draft),
    drop: ({ form }: DraftRequest): void => void kept.delete(form),
    /** At a lock, at the end, and when the page turns to another service: an id of one means nothing at another. */
    forget: (): void => kept.clear(),
  };
}

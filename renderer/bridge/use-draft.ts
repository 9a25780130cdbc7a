import { useEffect, useState, useSyncExternalStore } from 'react';
import type { DRAFT_FIELDS, Draft, DraftForm } from '../../shared/ipc/drafts.ts';
import { useBridgeScope } from './context.tsx';
import type { Drafts } from './drafts.ts';

/** What is typed into a form, every field as the text that it shows. */
type Typed<F extends DraftForm> = Readonly<Record<(typeof DRAFT_FIELDS)[F][number], string>>;

/** What a form says of its own draft. */
export interface DraftState {
  /** Whether what the form shows was typed before it was opened. */
  readonly isRestored: boolean;
  /** Main would not keep it: it is lost with the window's process. */
  readonly isRefused: boolean;
  /** Back to how the form starts. */
  readonly discard: () => void;
  /** It was sent or put away. */
  readonly drop: () => void;
}

interface FormDraft<F extends DraftForm> extends DraftState {
  readonly typed: Typed<F>;
  readonly type: (change: Partial<Typed<F>>) => void;
}

/**
 * The fields of one form, as typed; what a window before this one left comes back.
 * @param subject what the form is about, so that a reason to end one key does not come back in the form of another
 */
export function useDraft<F extends DraftForm>(form: F, subject: string, start: Typed<F>): FormDraft<F> {
  const { drafts } = useBridgeScope();
  const place = { form, subject };
  const [began] = useState(start);
  const [opened, setOpened] = useState(() => ({ ...began, ...drafts.of(place) }));
  const [typed, setTyped] = useState<Typed<F>>(opened);
  const refused = useSyncExternalStore(drafts.subscribe, drafts.refused);
  useEffect(() => drafts.opened({ form, subject }), [drafts, form, subject]);
  const names = Object.keys(began) as (keyof Typed<F>)[];
  const isStart = (one: Typed<F>): boolean => names.every((name) => one[name] === began[name]);
  const drop = (): void => drafts.drop(place);
  return {
    typed,
    type: (change) => {
      const next = { ...typed, ...change };
      setTyped(next);
      if (isStart(next)) drop();
      else drafts.keep({ ...place, fields: next });
    },
    isRestored: !isStart(opened),
    isRefused: refused.has(form),
    discard: () => {
      setOpened(began);
      setTyped(began);
      drop();
    },
    drop,
  };
}

interface FoundDrafts {
  readonly found: readonly Draft[];
  readonly drop: Drafts['drop'];
}

/** What a window before this one left. */
export function useFoundDrafts(): FoundDrafts {
  const { drafts } = useBridgeScope();
  return {
    found: useSyncExternalStore(drafts.subscribe, drafts.found),
    drop: (draft) => drafts.drop(draft),
  };
}

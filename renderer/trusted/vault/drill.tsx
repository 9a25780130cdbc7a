import { useId } from 'react';
import { submitting, TaskFrame } from './parts.tsx';
import { ShareEntry, useShares } from './share-entry.tsx';
import type { TaskProps } from './task.tsx';

/** Proves what is on paper without opening anything with it. */
export function Drill({ bridge, state }: TaskProps) {
  const id = useId();
  const shares = useShares(bridge, state);
  const set = state.task?.shares;
  const enough = shares.threshold !== null && shares.texts.length >= shares.threshold;
  const prove = () => bridge.send({ type: 'drill', shares: [...shares.texts] });
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title="Drill the recovery shares"
      act={{ label: 'Prove them', form: id, disabled: !enough }}
    >
      <p>
        {set
          ? `Any ${set.threshold} of the ${set.count} shares of set ${set.set}. Nothing is opened or shown.`
          : 'This vault has no recovery shares.'}
      </p>
      <ShareEntry shares={shares} disabled={state.working !== null} />
      <form id={id} onSubmit={submitting(prove)} />
    </TaskFrame>
  );
}

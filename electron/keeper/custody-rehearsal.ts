import { CustodyError } from '../custody/custody-error.ts';
import type { RehearsalRecord } from '../custody/rehearsals.ts';
import { DONE, type Ground, type PreparedAct, plain } from './custody-card.ts';

/** What came of it in one sentence; a drill that failed is named. */
function saidOf({ drills }: RehearsalRecord): string {
  const failed = drills.filter(({ passed }) => !passed).map(({ what }) => what);
  const count = `${drills.length - failed.length} of ${drills.length}`;
  return failed.length === 0
    ? `Rehearsed: ${count} went as they must. The signed record is in the change log, marked as a rehearsal.`
    : `${count} went as they must. Do not rotate before these do: ${failed.join('; ')}.`;
}

export const rehearsing = ({ rehearsals }: Ground): PreparedAct => ({
  card: {
    ...plain,
    title: 'Rehearse a rotation on throw-away keys',
    facts: [
      { label: 'Keys', value: 'drawn for this, kept in memory only, destroyed at its end' },
      { label: 'Network', value: 'none: no node, no service and no AWS is asked' },
      { label: 'Second operator', value: 'a throw-away key as well, held here; nobody else is asked' },
      { label: 'Your wallets', value: 'not opened, not read, not changed' },
    ],
    warning: 'This is a rehearsal. Send nothing to an address that it shows.',
    act: 'Rehearse',
  },
  perform: async () => ({ say: saidOf(await rehearsals.run()) }),
});

export const savingRehearsal = (id: string, { rehearsals, tell }: Ground): PreparedAct => ({
  card: {
    ...plain,
    title: 'Save the record of a rehearsal',
    facts: [{ label: 'Rehearsal', value: id }],
    act: 'Save',
  },
  async perform() {
    const text = await rehearsals.text(id);
    if (text === null) throw new CustodyError('step-refused', 'There is no such rehearsal.');
    tell({ type: 'save-file', name: `rehearsal-${id}.json`, text });
    return DONE;
  },
});

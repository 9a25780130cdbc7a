import type { Approvals } from '../../shared/ipc/custody.ts';
import type { ApprovedDeeds, ApprovedSoFar } from '../custody/approved-deeds.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { summaryOf } from '../custody/deed.ts';
import type { SecondOperator } from '../custody/second-operator.ts';
import { VaultError } from '../vault/errors.ts';
import { DONE, type Ground, type PreparedAct, plain } from './custody-card.ts';

/** Some years of a console; a page asks for them every two seconds. */
const SHOWN = 200;

interface Sources {
  readonly second: Pick<SecondOperator, 'anchor'>;
  readonly approved: Pick<ApprovedDeeds, 'soFar'>;
}

const rowsOf = ({ deeds }: ApprovedSoFar): Approvals['deeds'] =>
  deeds
    .map(({ at, record: { deed, wallet, name, by } }, index) => ({
      ...{ line: index + 1, at, ...summaryOf(deed), wallet, second: name, thumbprint: by },
    }))
    .slice(-SHOWN)
    .reverse();

/** The journal of what was approved, held against what the vault remembers of it. It never takes the rest of custody with it. */
export async function approvalsView({ second, approved }: Sources): Promise<Approvals> {
  try {
    const found = await approved.soFar(await second.anchor());
    return {
      state: found.trouble ? 'damaged' : 'whole',
      ...{ trouble: found.trouble?.message ?? null, lines: found.deeds.length, deeds: rowsOf(found) },
    };
  } catch (error) {
    if (!(error instanceof VaultError) && !(error instanceof CustodyError)) throw error;
    const isDamaged = error instanceof CustodyError && error.code === 'ceremony-damaged';
    return { state: isDamaged ? 'damaged' : 'unread', trouble: error.message, lines: 0, deeds: [] };
  }
}

/** A copy is what a damaged journal is restored from. */
export const savingApproved = async ({ second, approved, tell }: Ground): Promise<PreparedAct> => {
  const { state, trouble, lines } = await approvalsView({ second, approved });
  return {
    card: {
      ...plain,
      title: 'Save the journal of what was approved',
      facts: [
        { label: 'Approvals', value: String(lines) },
        { label: 'State', value: state },
      ],
      warning: trouble,
      act: 'Save',
    },
    async perform() {
      tell({
        type: 'save-file',
        name: 'approved-deeds.jsonl',
        text: await approved.text(await second.anchor()),
      });
      return DONE;
    },
  };
};

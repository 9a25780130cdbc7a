import type { CustodyDesk } from './custody-desk.ts';
import type { MemberDesk } from './member-desk.ts';
import type { KeeperToMain, MainToKeeper } from './protocol.ts';
import type { ServiceDesk } from './service-desk.ts';
import type { WitnessDesk } from './witness-desk.ts';

/** What main may ask an open vault to do, each with windows of its own where a person decides. */
export interface Desks {
  readonly custody: CustodyDesk;
  readonly member: MemberDesk;
  readonly witness: WitnessDesk;
  readonly services: ServiceDesk;
}

type DeskMessage = Extract<MainToKeeper, { type: keyof Desks }>;

/** A locked keeper has no desks: who asks is told so. */
export async function askDesk(
  desks: Desks | undefined,
  message: DeskMessage,
  tell: (message: KeeperToMain) => void,
): Promise<void> {
  if (!desks) {
    const text = 'The vault is locked. Unlock it first.';
    return tell({ type: `${message.type}-refused`, id: message.id, reason: 'locked', message: text });
  }
  switch (message.type) {
    case 'custody':
      return desks.custody.ask(message.id, message.ask);
    case 'member':
      return desks.member.ask(message.id, message.ask);
    case 'witness':
      return desks.witness.ask(message.id, message.ask);
    case 'services':
      return desks.services.ask(message.id, message.ask);
  }
}

/** Whose window this is; undefined for an act on the vault itself. */
export const deskOf = (desks: Desks | undefined, subject: string | null): Desks[keyof Desks] | undefined =>
  desks && [desks.member, desks.custody, desks.witness, desks.services].find((desk) => desk.owns(subject));

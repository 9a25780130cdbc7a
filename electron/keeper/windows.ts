import { type FromKeeper, type ToKeeper, type TrustedRole, toKeeper } from '../../shared/ipc/trusted.ts';
import type { Port } from './port.ts';
import { refusal } from './trouble.ts';

/** A trusted window as the keeper knows it. */
export interface TrustedWindow {
  readonly role: TrustedRole;
  /** Id of the card, reveal or act that it was opened for. */
  readonly subject: string | null;
  send(message: FromKeeper): void;
}

interface WindowListener {
  message(window: TrustedWindow, message: ToKeeper): void;
  closed(window: TrustedWindow): void;
}

/** What each window is for. The unlock window may also create, for a vault that is lost beyond repair. */
const MAY_SAY: Readonly<Record<TrustedRole, readonly ToKeeper['type'][]>> = {
  'first-run': ['hello', 'rate', 'create', 'confirm-recovery', 'open-practice'],
  unlock: [
    ...(['hello', 'rate', 'unlock', 'unlock-with-recovery', 'create', 'confirm-recovery'] as const),
    ...(['check-share', 'unlock-with-shares'] as const),
  ],
  card: ['hello', 'card-decision'],
  reveal: ['hello', 'copy-revealed', 'close-revealed'],
  // Which of them depends on the act that it was opened for.
  vault: [
    ...(['hello', 'rate', 'add-item', 'import-items', 'rename-item', 'remove-item', 'reveal-item'] as const),
    ...(['copy-item', 'export-item', 'change-passphrase', 'rekey', 'confirm-recovery'] as const),
    ...([
      'make-shares',
      'show-share',
      'keep-shares',
      'check-share',
      'drill',
      'close-task',
      'ceremony-act',
    ] as const),
  ],
};

/** Too short is the one shape that a person can mend, so it is said as what it is. */
function misshapen(raw: unknown): FromKeeper {
  const isCreate = typeof raw === 'object' && raw !== null && 'type' in raw && raw.type === 'create';
  const issues = toKeeper.safeParse(raw).error?.issues ?? [];
  if (isCreate && issues.every((issue) => issue.code === 'too_small' && issue.path[0] === 'passphrase'))
    return {
      type: 'error',
      code: 'passphrase-too-short',
      message: 'This passphrase is too short.',
      waitSeconds: null,
    };
  return refusal('The window said something that the vault does not understand.');
}

/** Joins a window's port: every message is parsed, and only what its role may say is passed on. */
export function attachWindow(
  port: Port,
  role: TrustedRole,
  subject: string | null,
  listener: WindowListener,
): TrustedWindow {
  const window: TrustedWindow = { role, subject, send: (message) => port.send(message) };
  port.onMessage((raw) => {
    const parsed = toKeeper.safeParse(raw);
    if (!parsed.success) window.send(misshapen(raw));
    else if (!MAY_SAY[role].includes(parsed.data.type))
      window.send(refusal('This window may not ask for that.'));
    else listener.message(window, parsed.data);
  });
  port.onClose(() => listener.closed(window));
  return window;
}

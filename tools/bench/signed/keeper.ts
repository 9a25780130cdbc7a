import { join } from 'node:path';
import { MessageChannelMain } from 'electron';
import { openRotatingFile } from '../../../electron/backend/rotating-file.ts';
import { createKeeperLink, type KeeperLink } from '../../../electron/main/keeper-link.ts';
import { forkKeeper } from '../../../electron/main/keeper-process.ts';
import type { FromKeeper, ToKeeper, TrustedRole } from '../../../shared/ipc/trusted.ts';
import { BenchError } from '../errors.ts';
import { PASSPHRASE } from './passphrase.ts';

export interface MeasuredKeeper {
  readonly link: KeeperLink;
  readonly publicKey: string;
  /** When the last card was decided, on the clock of `performance.now()`. */
  decidedAt(): number;
}

/** Holds the window's end of a port to the keeper, where a person would sit. */
function sitAt(
  link: KeeperLink,
  role: TrustedRole,
  subject: string | null,
  onMessage: (message: FromKeeper, say: (answer: ToKeeper) => void) => void,
): void {
  const { port1, port2 } = new MessageChannelMain();
  const say = (answer: ToKeeper) => port1.postMessage(answer);
  port1.on('message', ({ data }) => onMessage(data as FromKeeper, say));
  port1.start();
  link.attachWindow(role, subject, port2);
  say({ type: 'hello' });
}

/**
 * A real keeper with a new vault. Every card is signed at once, and the moment of the decision is kept.
 * @param script the built keeper
 */
export async function openKeeper(script: string, vaultDirectory: string): Promise<MeasuredKeeper> {
  let decidedAt = 0;
  const log = openRotatingFile(join(vaultDirectory, '..', 'keeper.log'));
  const opened = await new Promise<{ link: KeeperLink; publicKey: string }>((resolve, reject) => {
    const fail = (why: string) => reject(new BenchError('start', `the keeper ${why}`));
    const link: KeeperLink = createKeeperLink(
      forkKeeper(script, log, () => null),
      {
        status: () => undefined,
        started: () => sitAt(link, 'first-run', null, create(fail)),
        unlocked: (key) => resolve({ link, publicKey: key.publicKey }),
        openWindow: (role, subject) => {
          if (role !== 'card') return;
          sitAt(link, role, subject, (message, say) => {
            if (message.type !== 'card') return;
            decidedAt = performance.now();
            say({ type: 'card-decision', id: message.request.id, decision: 'sign' });
          });
        },
        closeWindow: (role, subject) => link.windowClosed(role, subject),
        copy: () => undefined,
        usesWaiting: () => undefined,
        payerKey: () => undefined,
        canary: () => undefined,
        rekeyed: () => undefined,
        saveFile: () => undefined,
        openPractice: () => undefined,
        fatal: (message) => fail(`gave up: ${message}`),
        died: () => fail('ended'),
      },
    );
    link.start(vaultDirectory, 60);
  });
  return { ...opened, decidedAt: () => decidedAt };
}

/** First run: a passphrase, and the recovery code typed back. */
const create = (fail: (why: string) => void) => {
  let created = false;
  return (message: FromKeeper, say: (answer: ToKeeper) => void): void => {
    if (message.type === 'status' && !created) {
      created = true;
      say({ type: 'create', passphrase: PASSPHRASE });
    } else if (message.type === 'recovery-code')
      say({ type: 'confirm-recovery', lastGroup: message.code.split('-').at(-1) ?? '' });
    else if (message.type === 'error') fail(`refused: ${message.message}`);
  };
};

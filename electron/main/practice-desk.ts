import { join } from 'node:path';
import { app } from 'electron';
import type { PracticeStatus } from '../../shared/ipc/practice.ts';
import type { Backend } from '../backend/backend.ts';
import { openRotatingFile } from '../backend/rotating-file.ts';
import { Simulator } from '../backend/simulator.ts';
import { createSimulatorOperator } from '../backend/simulator-operator.ts';
import { Refusal } from '../ipc/refusal.ts';
import { closedBy } from './air-gap.ts';
import type { Ground } from './ground.ts';
import { say } from './leave.ts';
import { aloneBy, practiceOpener } from './practice.ts';
import { practiceFolder } from './practice-folder.ts';
import { forkSimulator } from './simulator-process.ts';
import { later } from './timers.ts';

const REAL =
  'The simulator runs in a practice console only, where no real data can be. Open one: Settings, Practice.';
const NOT_OPENED = 'The practice console was not opened. Try again from Settings.';

/** Why nothing may leave this machine; null when it may. */
export const closedOf = (ground: Pick<Ground, 'airGap' | 'isPractice'>): string | null =>
  closedBy(ground.airGap) ?? aloneBy(ground);

type Around = Pick<Backend, 'service' | 'enrolment' | 'localOperators'>;

/** In a console for real data there is none, so that nothing can start it. */
function simulatorOf({ folders, paths, isPractice }: Ground, backend: () => Around): Simulator | null {
  if (!isPractice) return null;
  const operator = createSimulatorOperator({
    path: join(folders.root, 'simulator.json'),
    operators: {
      way: () => backend().localOperators.way(),
      invite: (name, role) => backend().localOperators.invite(name, role),
      stands: (publicKey) => backend().localOperators.stands(publicKey),
    },
  });
  return new Simulator({
    start: forkSimulator(paths.simulator, openRotatingFile(join(folders.logs, 'simulator.log'))),
    service: () => backend().service.status(),
    isEnrolled: async () => (await backend().enrolment.status()).state === 'enrolled',
    operator,
    setTimer: later,
    now: () => new Date(),
  });
}

/** What this console has to do with practice: it opens a practice console, or it is one and has a simulator. */
export function practiceDesk(ground: Ground, backend: () => Around) {
  const { folders, isPractice, paths } = ground;
  const simulator = simulatorOf(ground, backend);
  const open = practiceOpener({
    ground,
    program: () => ({
      ...{ isPackaged: app.isPackaged, executable: process.execPath },
      ...{ main: paths.main, environment: process.env },
    }),
  });
  const status = (): PracticeStatus => ({
    folder: isPractice ? folders.root : practiceFolder(folders.root),
    simulator: simulator?.status() ?? null,
  });
  const required = (): Simulator => {
    if (!simulator) throw new Refusal('not-available', REAL);
    return simulator;
  };
  return {
    asked: {
      ...{ status, open },
      start: async () => {
        await required().start();
        return status();
      },
      stop: () => {
        required().stop();
        return status();
      },
    },
    /** From the first run, where no page can show why it was refused. */
    openOrSay: (): void => {
      open().catch((error: unknown) => say(error instanceof Refusal ? error.message : NOT_OPENED));
    },
    /** At a lock, and when the console ends. */
    endSimulator: (): void => simulator?.locked(),
    serviceChanged: (): void => simulator?.serviceChanged(),
  };
}
export type PracticeDesk = ReturnType<typeof practiceDesk>;

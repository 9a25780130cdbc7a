import type { AppChannel } from '../../shared/ipc/app.ts';
import type { PracticeStatus } from '../../shared/ipc/practice.ts';
import type { AppHandlers } from './handlers.ts';

export interface PracticeDeps {
  readonly practice: {
    readonly status: () => PracticeStatus;
    readonly open: () => Promise<void>;
    readonly start: () => Promise<PracticeStatus>;
    readonly stop: () => PracticeStatus;
  };
}

export const practiceHandlers = ({
  practice,
}: PracticeDeps): Pick<AppHandlers, Extract<AppChannel, `practice.${string}`>> => ({
  'practice.status': () => practice.status(),
  'practice.open': async () => {
    await practice.open();
    return null;
  },
  'practice.start': () => practice.start(),
  'practice.stop': () => practice.stop(),
});

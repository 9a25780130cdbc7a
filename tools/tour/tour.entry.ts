import { join } from 'node:path';
import { actionChapter } from './chapter-action.ts';
import { AUTHORITY } from './chapter-authority.ts';
import { CLOSE } from './chapter-close.ts';
import { EVERY_SCREEN } from './chapter-every-screen.ts';
import { FIRST_RUN } from './chapter-first-run.ts';
import { LIVE } from './chapter-live.ts';
import { PAGES } from './chapter-pages.ts';
import { disposableData, openConsole, type RunningConsole } from './console.ts';
import type { Desk, Step } from './desk.ts';
import { TourError } from './errors.ts';
import { Gallery } from './gallery.ts';
import { startTraffic, type Traffic } from './traffic.ts';

/** Enough for figures that move, little enough for two cores that also draw. */
const RATE = 20;
const SEED = 'tour';

const STEPS: readonly Step[] = [
  ...[...FIRST_RUN, ...AUTHORITY, ...LIVE, ...PAGES],
  ...[...actionChapter(), ...EVERY_SCREEN, ...CLOSE],
];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new TourError('environment', `${name} is not set: start the tour with npm start.`);
}

async function walk(console: RunningConsole, gallery: Gallery): Promise<void> {
  let traffic: Traffic | null = null;
  const desk: Desk = {
    windows: console.windows,
    gallery,
    startTraffic: (api, operatorFile) => {
      const script = join(import.meta.dirname, 'simulate.js');
      traffic = startTraffic({ script, api, operatorFile, rate: RATE, seed: SEED });
      return traffic;
    },
  };
  try {
    for (const [index, step] of STEPS.entries()) {
      say(`tour ${String(index + 1).padStart(2)}/${STEPS.length}  ${step.says}`);
      await step.run(desk);
    }
    const summary = await (traffic as Traffic | null)?.stop();
    if (!summary?.keysRevoked) throw new TourError('simulator', 'the simulator revoked no key');
    say(`tour: ${summary.sent} requests played, ${summary.keysCreated} keys created by the simulator`);
  } catch (error) {
    await gallery.takeFailure(console.windows.open());
    process.stderr.write(`${console.log().slice(-3000)}\n${(traffic as Traffic | null)?.words() ?? ''}\n`);
    throw error;
  } finally {
    await (traffic as Traffic | null)?.stop().catch(() => undefined);
  }
}

async function tour(): Promise<void> {
  const folder = join(fromEnvironment('SALLYPORT_ARTIFACTS'), 'tour');
  const gallery = new Gallery(folder);
  const data = disposableData();
  try {
    await using console = await openConsole({
      electron: fromEnvironment('SALLYPORT_ELECTRON'),
      app: fromEnvironment('SALLYPORT_APP'),
      userData: data.path,
    });
    await walk(console, gallery);
  } finally {
    data.remove();
  }
  gallery.writeIndex();
  say(`tour: ${gallery.count} pictures in ${folder}`);
}

try {
  await tour();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`tour: this step did not happen: ${message}\n`);
  process.exitCode = 1;
}
